/** Times the variants of the matrix product on the shapes that were asked for, once an adapter and session. */
import type { Gpu } from './gpu';
import { multiplyBy } from './matmul';
import { choicesOf, type Shape, VARIANTS, type Variant } from './variants';

/** Products of one measurement: together longer than a submit's overhead on a fast card. */
const REPEATS = 8;
const ROUNDS = 3;
/** A variant this much slower than the best so far in its first round gets no other. */
const HOPELESS = 1.5;

export async function tune(gpu: Gpu): Promise<void> {
  const { known, asked } = choicesOf(gpu);
  for (const [name, shape] of [...asked]) {
    known.set(name, await fastest(gpu, shape));
    asked.delete(name);
  }
}

async function fastest(gpu: Gpu, shape: Shape): Promise<Variant> {
  const { m, n, k } = shape;
  const [a, b, y] = [gpu.make([m, k]), gpu.make([k, n]), gpu.make([m, n])];
  const measure = async (variant: Variant, repeats: number): Promise<number> => {
    await gpu.finish();
    const started = performance.now();
    for (let i = 0; i < repeats; i++) multiplyBy(gpu, variant, { shape, alpha: 1, a, b, gelu: false }, [y]);
    await gpu.finish();
    return (performance.now() - started) / repeats;
  };
  let best: Variant | null = null;
  let bestTime = Number.POSITIVE_INFINITY;
  try {
    for (const variant of VARIANTS) {
      // The first run compiles.
      await measure(variant, 1);
      for (let round = 0; round < ROUNDS; round++) {
        const time = await measure(variant, REPEATS);
        if (time < bestTime) [best, bestTime] = [variant, time];
        if (time > HOPELESS * bestTime) break;
      }
    }
  } finally {
    for (const tensor of [a, b, y]) gpu.free(tensor);
  }
  return best ?? (VARIANTS[0] as Variant);
}
