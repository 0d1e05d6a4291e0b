/** The built-in model reading texts, beside onnxruntime-web with the same weights. */
import { median } from '../../src/engine/bench/timing';
import type { Jobs } from '../jobs';
import type { BenchOptions } from './options';
import type { Contender, Pages } from './pages';
import { ensureOnnx } from './python';
import type { InferenceRow } from './results';
import { inTurns } from './rounds';
import { nameOf } from './steps';

const BATCH = { rows: 32, length: 32 };

export interface InferenceResult {
  rows: InferenceRow[];
  /** Largest difference of a vector's element from onnxruntime-web's; null where one did not run. */
  gap: number | null;
  notes: string[];
}

export async function benchInference(pages: Pages, options: BenchOptions): Promise<InferenceResult> {
  const contenders: Contender[] = [
    { engine: 'hone', place: 'wasm' },
    { engine: 'ort', place: 'wasm' },
  ];
  const lacking = options.wantsEngine('ort', 'wasm') ? ensureOnnx() : null;
  const entries = contenders.filter(
    ({ engine, place }) => options.wantsEngine(engine, place) && !(engine === 'ort' && lacking !== null),
  );
  const notes = lacking === null ? [] : [`onnxruntime-web was left out: ${lacking}`];
  const turns = { rounds: options.otherRounds, patienceMs: Number.POSITIVE_INFINITY };
  const outcomes = await inTurns(entries, turns, (contender) =>
    pages.visit(contender, (page) =>
      page.run('inference', { ...BATCH, ...options.timesFor(contender.engine) }),
    ),
  );
  const vectors: number[][] = [];
  const rows = entries.map((contender): InferenceRow => {
    const name = nameOf(contender);
    const outcome = outcomes.get(contender);
    if (!outcome || 'error' in outcome) {
      return { name, ms: null, rounds: [], textsPerSecond: null, error: outcome?.error ?? 'not run' };
    }
    const rounds = outcome.rounds.map(({ ms }) => median(ms));
    vectors.push((outcome.rounds.at(-1) as Jobs['inference']['result']).vectors);
    const ms = median(rounds);
    return { name, ms, rounds, textsPerSecond: (BATCH.rows / ms) * 1000 };
  });
  const [ours, theirs] = vectors;
  const gap =
    ours && theirs
      ? ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))), 0)
      : null;
  return { rows, gap, notes };
}
