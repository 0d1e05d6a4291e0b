/** Seeded random numbers. Every random choice in Hone names the stream it draws from, so runs repeat exactly. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** An integer in [0, below). */
  int(below: number): number;
  /** A float in [0, 1) with 24 random bits. */
  float(): number;
  /** A standard normal value (Box–Muller). */
  normal(): number;
  /** A new shuffled copy (Fisher–Yates). */
  shuffle<T>(items: readonly T[]): T[];
}

/** FNV-1a over the stream's name, mixed with the seed. */
function mix(seed: number, stream: string): number {
  let hash = 0x811c9dc5 ^ (seed | 0);
  for (let i = 0; i < stream.length; i++) {
    hash = Math.imul(hash ^ stream.charCodeAt(i), 0x01000193);
  }
  return hash | 0;
}

/** Independent generators for the same seed: `random(seed, 'split')`, `random(seed, 'dropout/120')`. */
export function random(seed: number, stream: string): Random {
  const generator = xoroshiro128plus(mix(seed, stream));
  const int = (below: number): number => uniformInt(generator, 0, below - 1);
  const float = (): number => uniformInt(generator, 0, 0xffffff) / 0x1000000;
  return {
    int,
    float,
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
    shuffle: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = copy[i] as (typeof copy)[number];
        copy[i] = copy[j] as (typeof copy)[number];
        copy[j] = held;
      }
      return copy;
    },
  };
}
