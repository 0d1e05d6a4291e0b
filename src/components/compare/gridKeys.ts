/**
 * Keys inside the confusion matrix. Most cells of a large one are empty, so the keys lead from one filled cell to the
 * next: left and right in reading order, up and down to the nearest filled cell of the next row that has one.
 */
import type { Confusion } from './confusion';

export interface GridPlace {
  row: number;
  column: number;
}

function filledIn(confusion: Confusion, row: number): number[] {
  return (confusion[row] ?? []).flatMap((value, column) => (value > 0 ? [column] : []));
}

/** The first filled cell from a row on, in either direction. */
function edge(confusion: Confusion, from: number, step: 1 | -1): GridPlace | null {
  for (let row = from; row >= 0 && row < confusion.length; row += step) {
    const column = filledIn(confusion, row).at(step === 1 ? 0 : -1);
    if (column !== undefined) return { row, column };
  }
  return null;
}

function vertical(confusion: Confusion, { row, column }: GridPlace, step: 1 | -1): GridPlace | null {
  for (let next = row + step; next >= 0 && next < confusion.length; next += step) {
    const [nearest] = filledIn(confusion, next).sort((a, b) => Math.abs(a - column) - Math.abs(b - column));
    if (nearest !== undefined) return { row: next, column: nearest };
  }
  return null;
}

function horizontal(confusion: Confusion, { row, column }: GridPlace, step: 1 | -1): GridPlace | null {
  const others = filledIn(confusion, row).filter((other) => (other - column) * step > 0);
  const next = others.at(step === 1 ? 0 : -1);
  return next === undefined ? edge(confusion, row + step, step) : { row, column: next };
}

/** Where Tab enters: the place itself while it is filled, else the first filled cell. */
export function entryOf(confusion: Confusion, place: GridPlace): GridPlace {
  if ((confusion[place.row]?.[place.column] ?? 0) > 0) return place;
  return edge(confusion, 0, 1) ?? { row: 0, column: 0 };
}

/** Where a key leads; null when it leads nowhere or is not the grid's. */
export function moveInGrid(
  key: string,
  ctrl: boolean,
  place: GridPlace,
  confusion: Confusion,
): GridPlace | null {
  const inRow = filledIn(confusion, place.row);
  switch (key) {
    case 'ArrowUp':
      return vertical(confusion, place, -1);
    case 'ArrowDown':
      return vertical(confusion, place, 1);
    case 'ArrowLeft':
      return horizontal(confusion, place, -1);
    case 'ArrowRight':
      return horizontal(confusion, place, 1);
    case 'Home':
      return ctrl ? edge(confusion, 0, 1) : { row: place.row, column: inRow[0] ?? place.column };
    case 'End':
      return ctrl
        ? edge(confusion, confusion.length - 1, -1)
        : { row: place.row, column: inRow.at(-1) ?? place.column };
    default:
      return null;
  }
}
