/** The ways to compute a matrix product, and which of them a shape takes. */
import type { Gpu } from './gpu';

export interface Variant {
  name: string;
  /** Rows and columns of a thread's block; columns in fours. */
  rows: number;
  columns: number;
  /** Threads of a workgroup. */
  x: number;
  y: number;
  /** Depth of the shared tiles; 0 = read straight from memory. */
  depth: number;
}

/** y[M, N] from op(a)[M, K]·op(b)[K, N]. */
export interface Shape {
  m: number;
  n: number;
  k: number;
  transposeA: boolean;
  transposeB: boolean;
}

/** Where the processor plays the graphics card: reads go through its caches, barriers cost most. */
const FOR_SOFTWARE: Variant = { name: 'direct8x8', rows: 8, columns: 8, x: 8, y: 4, depth: 0 };
/** Tiles large enough to reuse what is read, where there are enough of them to keep a card busy. */
const LARGE: Variant = { name: 'shared64', rows: 4, columns: 4, x: 16, y: 16, depth: 16 };
const SMALL: Variant = { name: 'shared32', rows: 4, columns: 4, x: 8, y: 8, depth: 16 };
const ENOUGH_TILES = 48;

export const VARIANTS: readonly Variant[] = [
  FOR_SOFTWARE,
  { name: 'direct4x4', rows: 4, columns: 4, x: 8, y: 8, depth: 0 },
  SMALL,
  LARGE,
  { name: 'shared64x8', rows: 8, columns: 8, x: 8, y: 8, depth: 8 },
];

export interface Choices {
  /** By shape class. */
  known: Map<string, Variant>;
  /** One shape of each class that was asked for before it was known. */
  asked: Map<string, Shape>;
  /** Keeps what is known for later sessions, where they are remembered. */
  keep?: () => Promise<void>;
}

const choices = new WeakMap<Gpu, Choices>();

export function choicesOf(gpu: Gpu): Choices {
  const made = choices.get(gpu) ?? { known: new Map(), asked: new Map() };
  choices.set(gpu, made);
  return made;
}

/** Shapes of a class are near enough for one choice: batches differ in rows from step to step. */
export function classOf({ m, n, k, transposeA, transposeB }: Shape): string {
  const sizes = [m, n, k].map((size) => `${Math.ceil(Math.log2(size))}${size % 4 === 0 ? '' : 'odd'}`);
  return `${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'} ${sizes.join(' ')}`;
}

/** The one found fastest, or a fair guess until `tune` has run. */
export function variantFor(gpu: Gpu, shape: Shape): Variant {
  if (gpu.software) return FOR_SOFTWARE;
  const { known, asked } = choicesOf(gpu);
  const name = classOf(shape);
  const found = known.get(name);
  if (found) return found;
  asked.set(name, shape);
  return Math.ceil(shape.m / 64) * Math.ceil(shape.n / 64) >= ENOUGH_TILES ? LARGE : SMALL;
}
