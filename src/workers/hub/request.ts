/** How files are asked for, of a hub as of any other server. */

/** [begin, end) */
export interface Part {
  begin: number;
  end: number;
}

/** The value of `Range`. */
export function rangeOf({ begin, end }: Part): string {
  return `bytes=${begin}-${end - 1}`;
}

/** A path as a part of an address. */
export function escapedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
