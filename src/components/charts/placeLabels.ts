/** Names beside points, moved apart where they would lie on each other. Pure: pixels in, pixels out. */

export interface Spot {
  key: string;
  x: number;
  y: number;
  text: string;
  /** Top and bottom of the bar through the point, if it has one. */
  bar?: readonly [number, number];
}

export interface Placed extends Spot {
  /** Middle of the text's height. */
  labelY: number;
  /** Where the text is held. */
  labelX: number;
  anchor: 'start' | 'end';
}

/** Half of a line's height. */
const HALF = 8.5;
/** Mean width of a character of 13 px Inter. */
const CHARACTER = 6.9;
const GAP = 11;

/** @param right the right edge of the plot; names that would reach over it stand left of their point */
export function placeLabels(spots: readonly Spot[], right: number, top: number, bottom: number): Placed[] {
  const placed: Placed[] = [];
  const taken: Box[] = spots.map(({ x, y, bar = [y, y] }) => ({
    ...{ from: x - 7, to: x + 7 },
    ...{ top: Math.min(y - HALF, bar[0] - 1), bottom: Math.max(y + HALF, bar[1] + 1) },
  }));
  for (const spot of [...spots].sort((a, b) => a.y - b.y)) {
    const width = spot.text.length * CHARACTER;
    const left = spot.x + GAP + width > right;
    const from = left ? spot.x - GAP - width : spot.x + GAP;
    const others = taken.filter((box) => box.to > from && box.from < from + width);
    const labelY = freeNear(spot.y, others, top, bottom);
    taken.push({ from, to: from + width, top: labelY - HALF, bottom: labelY + HALF });
    placed.push({
      ...spot,
      labelY,
      labelX: left ? spot.x - GAP : spot.x + GAP,
      anchor: left ? 'end' : 'start',
    });
  }
  return placed;
}

interface Box {
  from: number;
  to: number;
  top: number;
  bottom: number;
}

/** The height nearest to the wanted one at which a line lies on no other box. */
function freeNear(wanted: number, others: readonly Box[], top: number, bottom: number): number {
  for (let shift = 0; shift < bottom - top; shift += 2) {
    for (const y of [wanted - shift, wanted + shift]) {
      const inside = y >= top && y <= bottom;
      if (inside && others.every((other) => y + HALF <= other.top || y - HALF >= other.bottom)) return y;
    }
  }
  return wanted;
}
