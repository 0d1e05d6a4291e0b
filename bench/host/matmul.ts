/** The rate of every product that R1 and R2 are made of, by every engine. */
import { type MatMulShape, matMulFlop, R1, stepMatMuls } from '../../src/engine/bench/r1';
import type { ProductTimes } from '../../src/engine/bench/timing';
import type { BenchOptions } from './options';
import type { Contender, Pages } from './pages';
import type { MatMulRow } from './results';
import { inTurns, SLOW_ROUND_MS } from './rounds';
import { CONTENDERS, nameOf, R2_SHAPE } from './steps';

/** The product that engines are compared by (M×K×N, nothing transposed). */
export const REFERENCE = { m: 512, k: 1024, n: 256, transposeA: false, transposeB: false, batch: 1 };

const keyOf = ({ m, k, n, transposeA, transposeB, batch }: MatMulShape): string =>
  [m, k, n, transposeA, transposeB, batch].join();

export const isReference = (shape: MatMulShape): boolean =>
  keyOf(shape) === keyOf({ ...REFERENCE, count: 0 });

/** Each shape once, with the steps it occurs in. */
function allShapes(): (MatMulShape & { of: string[] })[] {
  const transposes = [
    { transposeA: false, transposeB: false },
    { transposeA: false, transposeB: true },
    { transposeA: true, transposeB: false },
  ];
  const listed = [
    ...transposes.map((how) => ({ of: '512x1024x256', shape: { ...REFERENCE, ...how, count: 0 } })),
    ...stepMatMuls(R1).map((shape) => ({ of: 'R1', shape })),
    ...stepMatMuls(R2_SHAPE).map((shape) => ({ of: 'R2', shape })),
  ];
  const byKey = new Map<string, MatMulShape & { of: string[] }>();
  for (const { of, shape } of listed) {
    const held = byKey.get(keyOf(shape));
    if (held) held.of.push(of);
    else byKey.set(keyOf(shape), { ...shape, of: [of] });
  }
  return [...byKey.values()];
}

export async function benchMatMuls(
  pages: Pages,
  options: BenchOptions,
): Promise<{ rows: MatMulRow[]; errors: string[] }> {
  const shapes = allShapes();
  const isSlow = ({ place }: Contender): boolean => place === 'webgpu' && pages.isSoftware;
  // A software adapter takes seconds a product. Where minutes are short: what engines are compared by, and R1's.
  const shapesFor = (contender: Contender) =>
    shapes.filter(({ of, batch }) => {
      if (of.includes('512x1024x256')) return true;
      if (isSlow(contender)) return !options.quick && of.includes('R1');
      return !options.quick || (of.includes('R1') && batch === 1 && contender.engine !== 'stock');
    });
  const entries = CONTENDERS.filter(
    (contender) =>
      options.wantsEngine(contender.engine, contender.place) &&
      !(options.quick && contender.engine === 'jax' && isSlow(contender)),
  );
  const timingFor = (contender: Contender): ProductTimes => ({
    roundMs: options.quick ? 60 : 150,
    rounds: options.quick && isSlow(contender) ? 1 : 3,
  });
  const turns = { rounds: options.otherRounds, patienceMs: Math.min(options.patienceMs * 2, SLOW_ROUND_MS) };
  const outcomes = await inTurns(entries, turns, (contender) =>
    pages.visit(contender, async (page) => {
      const wanted = shapesFor(contender);
      const times = await page.run('matmul', { shapes: wanted, ...timingFor(contender) });
      return new Map(wanted.map((shape, i) => [keyOf(shape), times[i] ?? null]));
    }),
  );
  const rows = shapes.map((shape): MatMulRow => {
    const flop = matMulFlop(shape);
    const gflops = Object.fromEntries(
      entries.map((contender) => {
        const outcome = outcomes.get(contender);
        const rounds = outcome && 'rounds' in outcome ? outcome.rounds : [];
        const ms = rounds.flatMap((times) => times.get(keyOf(shape)) ?? []);
        return [nameOf(contender), ms.length > 0 ? flop / Math.min(...ms) / 1e6 : null];
      }),
    );
    return { ...shape, flop, gflops };
  });
  const errors = entries.flatMap((contender) => {
    const outcome = outcomes.get(contender);
    return outcome && 'error' in outcome ? [`products, ${nameOf(contender)}: ${outcome.error}`] : [];
  });
  return { rows, errors };
}
