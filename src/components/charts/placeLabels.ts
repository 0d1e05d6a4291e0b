/** Names beside points, moved apart where they would lie on each other. Pure: pixels in, pixels out. */

export interface Spot {
  key: string;
  x: number;
  y: number;
  text: string;
}

export interface Placed extends Spot {
  /** Middle of the text's height. */
  labelY: number;
  /** Where the text is held. */
  labelX: number;
  anchor: 'start' | 'end';
}

const LINE = 17;
/** Mean width of a character of 13 px Inter. */
const CHARACTER = 6.9;
const GAP = 11;

/** @param right the right edge of the plot; names that would reach over it stand left of their point */
export function placeLabels(spots: readonly Spot[], right: number, top: number, bottom: number): Placed[] {
  const placed: Placed[] = [];
  const taken: { from: number; to: number; y: number }[] = spots.map(({ x, y }) => ({
    from: x - 7,
    to: x + 7,
    y,
  }));
  for (const spot of [...spots].sort((a, b) => a.y - b.y)) {
    const width = spot.text.length * CHARACTER;
    const left = spot.x + GAP + width > right;
    const from = left ? spot.x - GAP - width : spot.x + GAP;
    const others = taken.filter((box) => box.to > from && box.from < from + width);
    const labelY = freeNear(
      spot.y,
      others.map(({ y }) => y),
      top,
      bottom,
    );
    taken.push({ from, to: from + width, y: labelY });
    placed.push({
      ...spot,
      labelY,
      labelX: left ? spot.x - GAP : spot.x + GAP,
      anchor: left ? 'end' : 'start',
    });
  }
  return placed;
}

/** The height nearest to the wanted one that keeps a line's distance from all others. */
function freeNear(wanted: number, others: readonly number[], top: number, bottom: number): number {
  for (let shift = 0; shift < bottom - top; shift += 2) {
    for (const y of [wanted - shift, wanted + shift]) {
      const inside = y >= top && y <= bottom;
      if (inside && others.every((other) => Math.abs(other - y) >= LINE)) return y;
    }
  }
  return wanted;
}
