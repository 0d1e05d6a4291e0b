/** R1 and products in jax-js, jitted as its users do. Every array is used up by its use; `.ref` keeps it. */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad, vjp } from '@jax-js/jax';
import {
  R1_SETTINGS,
  type R1Shape,
  type R1Weight,
  r1Batch,
  r1Values,
  r1Weights,
} from '../../src/engine/bench/r1';
import { timeProduct } from '../../src/engine/bench/timing';
import { peakGpuBytes, wasmBytes } from '../counters';
import type { Engine, Jobs, Opening, StepTimes } from '../jobs';
import { timeSteps } from '../timing';

type Weights = Record<string, np.Array>;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const WORDS = 'words';

/** Loss of what the words look like, [B·T, D], and the other weights. */
function lossOf(shape: R1Shape) {
  const { rows, length, heads, width } = shape;
  const size = width / heads;
  return (weights: Weights, mask: np.Array, chosen: np.Array): np.Array => {
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
    const placed = weight(WORDS).reshape([rows, length, width]).add(weight('positions'));
    let x = placed.reshape([rows * length, width]);
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
function updateOf(shape: R1Shape) {
  const specs = r1Weights(shape);
  return (
    weights: Weights,
    m: Weights,
    v: Weights,
    gradients: Weights,
    rates: np.Array,
  ): [Weights, Weights, Weights] => {
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
    return next;
  };
}

async function r1({ shape, ...repeats }: Jobs['r1']['params'], { place }: Opening): Promise<StepTimes> {
  const specs = r1Weights(shape);
  const make = (values: (spec: R1Weight, i: number) => Float32Array): Weights =>
    Object.fromEntries(
      specs.map((spec, i) => [spec.name, np.array(values(spec, i)).reshape([...spec.shape])]),
    );
  const zeros = (spec: R1Weight): Float32Array => new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
  let weights = make(r1Values);
  let m = make(zeros);
  let v = make(zeros);
  const { ids, mask, labels } = r1Batch(shape);
  const oneHot = new Float32Array(shape.rows * shape.classes);
  labels.forEach((label, row) => {
    oneHot[row * shape.classes + label] = 1;
  });
  const tokens = np.array(ids);
  const open = np.array(mask).reshape([shape.rows, shape.length]);
  const chosen = np.array(oneHot).reshape([shape.rows, shape.classes]);
  const differentiate = jit(valueAndGrad(lossOf(shape)));
  const update = jit(updateOf(shape));
  let steps = 0;
  const step = async (): Promise<number> => {
    steps++;
    const rates = [R1_SETTINGS.learningRate, 1 - BETA1 ** steps, 1 - BETA2 ** steps];
    const { [WORDS]: table, ...others } = weights;
    // Outside of jit, which takes no gradient of a look-up ("routine primitive scatter input is not imm").
    const [seen, spread] = vjp((all: np.Array) => np.take(all, tokens.ref, 0), [(table as np.Array).ref]);
    const borrowed = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value.ref]));
    const [loss, gradients] = differentiate({ ...borrowed, [WORDS]: seen }, open.ref, chosen.ref) as [
      np.Array,
      Weights,
    ];
    const [words] = spread(gradients[WORDS] as np.Array) as [np.Array];
    spread.dispose();
    const next = update(weights, m, v, { ...gradients, [WORDS]: words }, np.array(Float32Array.from(rates)));
    [weights, m, v] = next as [Weights, Weights, Weights];
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

export async function startJax(opening: Opening): Promise<Engine> {
  const ready = await init(opening.place);
  if (!ready.includes(opening.place)) throw new Error(`jax-js did not start on ${opening.place}.`);
  defaultDevice(opening.place);
  return { r1: (params) => r1(params, opening), matmul };
}
