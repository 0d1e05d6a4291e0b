/** R1 and products in jax-js, jitted as its users do. Every array is used up by its use; `.ref` keeps it. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { R1_SETTINGS, type R1Shape, r1Batch, r1Values, r1Weights } from '../../src/engine/bench/r1';
import { peakGpuBytes, wasmBytes, watchGpu, watchMemories } from '../counters';
import type { Jobs, Opening } from '../jobs';
import { serveJobs } from '../serveJobs';
import { timeProduct, timeSteps } from '../timing';

type Weights = Record<string, np.Array>;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

function lossOf(shape: R1Shape) {
  const { rows, length, heads, width } = shape;
  const size = width / heads;
  return (weights: Weights, ids: np.Array, mask: np.Array, chosen: np.Array): np.Array => {
    const weight = (name: string): np.Array => weights[name] as np.Array;
    const dense = (x: np.Array, name: string): np.Array =>
      np.matmul(x, weight(`${name}.w`)).add(weight(`${name}.b`));
    const norm = (x: np.Array, name: string): np.Array =>
      nn
        .standardize(x, -1, { epsilon: R1_SETTINGS.normEpsilon })
        .mul(weight(`${name}.g`))
        .add(weight(`${name}.b`));
    const split = (x: np.Array): np.Array => x.reshape([rows, length, heads, size]);
    const open = np.greater(mask.ref.reshape([rows, 1, 1, length]), 0.5);
    const words = np.take(weight('words'), ids, 0).reshape([rows, length, width]);
    let x = words.add(weight('positions')).reshape([rows * length, width]);
    for (let i = 0; i < shape.layers; i++) {
      const a = norm(x.ref, `${i}.norm1`);
      const [q, k, v] = [dense(a.ref, `${i}.q`), dense(a.ref, `${i}.k`), dense(a, `${i}.v`)];
      const mixed = nn.dotProductAttention(split(q), split(k), split(v), { mask: open.ref });
      x = x.add(dense(mixed.reshape([rows * length, width]), `${i}.o`));
      const wide = nn.gelu(dense(norm(x.ref, `${i}.norm2`), `${i}.up`), { approximate: false });
      x = x.add(dense(wide, `${i}.down`));
    }
    open.dispose();
    const kept = norm(x, 'norm')
      .reshape([rows, length, width])
      .mul(mask.ref.reshape([rows, length, 1]));
    const pooled = kept.sum(1).div(mask.sum(1, { keepdims: true }));
    return nn.logSoftmax(dense(pooled, 'head'), -1).mul(chosen).sum(-1).mean().neg();
  };
}

/** AdamW with clipping by the global norm; `rates` is [learning rate, 1-β₁ᵗ, 1-β₂ᵗ]. */
function trainStepOf(shape: R1Shape) {
  const specs = r1Weights(shape);
  const differentiate = valueAndGrad(lossOf(shape));
  return (
    weights: Weights,
    m: Weights,
    v: Weights,
    rates: np.Array,
    ids: np.Array,
    mask: np.Array,
    chosen: np.Array,
  ): [np.Array, Weights, Weights, Weights] => {
    const borrowed = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, value.ref]));
    const [loss, gradients] = differentiate(borrowed, ids, mask, chosen) as [np.Array, Weights];
    const squares = specs.map(({ name }) => np.square((gradients[name] as np.Array).ref).sum());
    const norm = np.sqrt(squares.reduce((sum, square) => sum.add(square)));
    const factor = np.minimum(np.reciprocal(norm.add(1e-6)).mul(R1_SETTINGS.clipNorm), 1);
    const [rate, correction1, correction2] = [0, 1, 2].map((i) => rates.ref.slice(i)) as [
      np.Array,
      np.Array,
      np.Array,
    ];
    const next: [Weights, Weights, Weights] = [{}, {}, {}];
    for (const { name, matrix } of specs) {
      const g = (gradients[name] as np.Array).mul(factor.ref);
      const first = (m[name] as np.Array).mul(BETA1).add(g.ref.mul(1 - BETA1));
      const second = (v[name] as np.Array).mul(BETA2).add(np.square(g).mul(1 - BETA2));
      const spread = np.sqrt(second.ref.div(correction2.ref)).add(EPSILON);
      const move = first.ref.div(correction1.ref).div(spread);
      const decay = matrix ? R1_SETTINGS.weightDecay : 0;
      const value = weights[name] as np.Array;
      const drift = decay > 0 ? move.add(value.ref.mul(decay)) : move;
      next[0][name] = value.sub(drift.mul(rate.ref));
      next[1][name] = first;
      next[2][name] = second;
    }
    for (const used of [factor, rate, correction1, correction2, rates]) used.dispose();
    return [loss, ...next];
  };
}

async function r1(
  { shape, ...repeats }: Jobs['r1']['params'],
  { place }: Opening,
): Promise<Jobs['r1']['result']> {
  const specs = r1Weights(shape);
  const make = (values: (i: number) => Float32Array): Weights =>
    Object.fromEntries(
      specs.map(({ name, shape: dims }, i) => [name, np.array(values(i)).reshape([...dims])]),
    );
  let weights = make((i) => r1Values(specs[i] as (typeof specs)[number], i));
  const zeros = (i: number): Float32Array =>
    new Float32Array((specs[i] as (typeof specs)[number]).shape.reduce((a, b) => a * b, 1));
  let m = make(zeros);
  let v = make(zeros);
  const { ids, mask, labels } = r1Batch(shape);
  const chosen = new Float32Array(shape.rows * shape.classes);
  labels.forEach((label, row) => {
    chosen[row * shape.classes + label] = 1;
  });
  const batch = {
    ids: np.array(ids),
    mask: np.array(mask).reshape([shape.rows, shape.length]),
    chosen: np.array(chosen).reshape([shape.rows, shape.classes]),
  };
  const train = jit(trainStepOf(shape));
  let steps = 0;
  const step = async (): Promise<number> => {
    steps++;
    const rates = np.array(Float32Array.of(R1_SETTINGS.learningRate, 1 - BETA1 ** steps, 1 - BETA2 ** steps));
    const result = train(
      weights,
      m,
      v,
      rates,
      batch.ids.ref,
      batch.mask.ref,
      batch.chosen.ref,
    ) as unknown as [np.Array, Weights, Weights, Weights];
    const loss = result[0];
    [weights, m, v] = result.slice(1) as [Weights, Weights, Weights];
    await blockUntilReady([weights, m, v]);
    const [first] = await loss.data();
    return first as number;
  };
  const { ms, losses, counts } = await timeSteps(step, repeats);
  const gpu = place === 'webgpu';
  return {
    ms,
    losses,
    tokens: shape.rows * shape.length,
    peakBytes: gpu ? peakGpuBytes() : wasmBytes(),
    liveBytes: null,
    gpu: gpu ? counts : null,
  };
}

async function matmul({ shapes, ...timing }: Jobs['matmul']['params']): Promise<Jobs['matmul']['result']> {
  const times: Jobs['matmul']['result'] = [];
  for (const { m, k, n, batch, transposeA, transposeB } of shapes) {
    const outer = batch > 1 ? [batch] : [];
    const filled = (dims: number[]): np.Array =>
      np.array(Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, Math.random)).reshape(dims);
    const a = filled([...outer, ...(transposeA ? [k, m] : [m, k])]);
    const b = filled([...outer, ...(transposeB ? [n, k] : [k, n])]);
    const multiply = jit((x: np.Array, y: np.Array) =>
      np.matmul(transposeA ? np.matrixTranspose(x) : x, transposeB ? np.matrixTranspose(y) : y),
    );
    const run = async (repeats: number): Promise<void> => {
      // All are kept to the end: what is given back unread may never be computed.
      const results = Array.from({ length: repeats }, () => multiply(a.ref, b.ref) as np.Array);
      await blockUntilReady(results);
      for (const result of results) result.dispose();
    };
    times.push(await timeProduct(run, timing));
    for (const used of [a, b, multiply]) used.dispose();
  }
  return times;
}

serveJobs(async (opening) => {
  watchGpu();
  watchMemories();
  const ready = await init(opening.place);
  if (!ready.includes(opening.place)) throw new Error(`jax-js did not start on ${opening.place}.`);
  defaultDevice(opening.place);
  return { r1: (params) => r1(params, opening), matmul };
});
