/** What a measurement comes to, as a sentence. */
import { timesAsFast } from '../../engine/core/benchmark';
import type { Bench } from '../../state/bench';
import { figure } from '../common/format';

export function finding({ rows, finishedAt }: Bench): string {
  const steps = rows.filter(({ unit }) => unit === 'ms');
  const fastest = steps.reduce<(typeof steps)[number] | null>(
    (best, row) => (best && best.hone <= row.hone ? best : row),
    null,
  );
  if (!fastest) return finishedAt === null ? 'Measuring this machine' : 'Nothing could be measured';
  const where = fastest.place === 'wasm' ? 'on the processor' : 'on the graphics card';
  return `A training step takes ${figure(fastest.hone)} ms ${where}, ${figure(timesAsFast(fastest))} times as fast as with TensorFlow.js alone`;
}
