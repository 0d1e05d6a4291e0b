/**
 * Times the variants of the matrix product on the shapes that were asked for, once an adapter, and remembers them in
 * storage: a second session takes the same, at once.
 */
import { z } from 'zod';
import { sha256 } from '../../../core/hash';
import { createKept } from '../../../core/kept';
import type { Storage } from '../../../core/storage';
import type { Gpu } from './gpu';
import { multiplyBy, plainSource } from './matmul';
import { choicesOf, type Shape, VARIANTS, type Variant } from './variants';

/** Products of one measurement: together longer than a submit's overhead on a fast card. */
const REPEATS = 8;
const ROUNDS = 3;
/** A variant this much slower than the best so far in its first round gets no other. */
const HOPELESS = 1.5;

/** Adapters remembered, and classes of shapes of each: a model has about a dozen a length. */
const ADAPTERS = 8;
const CLASSES = 256;

/** Takes over what earlier sessions found on this adapter with these very kernels, and keeps what this one finds. */
export async function rememberChoices(gpu: Gpu, storage: Storage, adapter: string): Promise<void> {
  const choices = choicesOf(gpu);
  if (choices.keep) return;
  const kept = createKept(storage, {
    path: 'machine/products.json',
    version: 1,
    value: z.record(z.string(), z.string()),
    most: ADAPTERS,
  });
  const sources = new TextEncoder().encode(VARIANTS.map(plainSource).join());
  const key = `${adapter} ${await sha256(sources)}`;
  const byName = new Map(VARIANTS.map((variant) => [variant.name, variant]));
  for (const [shape, name] of Object.entries((await kept.get(key)) ?? {})) {
    const variant = byName.get(name);
    if (variant) choices.known.set(shape, variant);
  }
  choices.keep = () => {
    const newest = [...choices.known].slice(-CLASSES);
    return kept.put(key, Object.fromEntries(newest.map(([shape, { name }]) => [shape, name])));
  };
}

export async function tune(gpu: Gpu): Promise<void> {
  const { known, asked, keep } = choicesOf(gpu);
  if (asked.size === 0) return;
  for (const [name, shape] of [...asked]) {
    known.set(name, await fastest(gpu, shape));
    asked.delete(name);
  }
  await keep?.();
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
