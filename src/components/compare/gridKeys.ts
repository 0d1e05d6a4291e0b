/** Keys inside a square grid, as the ARIA grid pattern has them. */
export interface GridPlace {
  row: number;
  column: number;
}

/** Where a key leads; null when the key is not the grid's. Edges hold. */
export function moveInGrid(
  key: string,
  ctrl: boolean,
  { row, column }: GridPlace,
  size: number,
): GridPlace | null {
  const last = size - 1;
  switch (key) {
    case 'ArrowUp':
      return { row: Math.max(0, row - 1), column };
    case 'ArrowDown':
      return { row: Math.min(last, row + 1), column };
    case 'ArrowLeft':
      return { row, column: Math.max(0, column - 1) };
    case 'ArrowRight':
      return { row, column: Math.min(last, column + 1) };
    case 'Home':
      return { row: ctrl ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrl ? last : row, column: last };
    default:
      return null;
  }
}
