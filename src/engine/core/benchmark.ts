/** What a measurement of this machine tells as it goes: plain data that crosses to the page. */
import { z } from 'zod';

const place = z.enum(['wasm', 'webgpu']);

const benchRowSchema = z.object({
  place,
  /** 'A training step', '512 × 1024 · 1024 × 256'. */
  work: z.string(),
  /** Milliseconds: less is better. GFLOP/s: more is. */
  unit: z.enum(['ms', 'GFLOP/s']),
  hone: z.number(),
  stock: z.number(),
});
export type BenchRow = z.infer<typeof benchRowSchema>;

export const benchEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), label: z.string(), done: z.number(), total: z.number() }),
  /** A place where it will be measured, in the browser's words for it, or why it will not. */
  z.object({ type: z.literal('place'), place, adapter: z.string().nullable(), reason: z.string() }),
  z.object({ type: z.literal('row'), row: benchRowSchema }),
]);
export type BenchEvent = z.infer<typeof benchEventSchema>;

/** How many times as fast Hone is. */
export function timesAsFast({ unit, hone, stock }: BenchRow): number {
  return unit === 'ms' ? stock / hone : hone / stock;
}
