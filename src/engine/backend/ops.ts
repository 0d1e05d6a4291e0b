/**
 * The differentiable operations a model is written in: pairs of fused kernels (`kernels/contract.ts`), forward and
 * backward. Frozen weights and constant inputs cost no gradient. Shapes: N rows (batch × tokens), I inputs,
 * O outputs, B texts, T tokens, D width. Linear weights are kept [I, O].
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  type Activation,
  type DropoutAttrs,
  type FusedKernels,
  fused,
  type TextShape,
} from './kernels/contract';
import type { PackedWeight } from './packedWeights';

/** A weight and whether it moves; a frozen one enters no gradient. */
export interface Weight<T extends tf.Tensor = tf.Tensor> {
  value: T;
  trainable: boolean;
}

/** A dropout's place among the uses of its pass's seed (int32 [1]). */
export interface Dropout extends DropoutAttrs {
  seed: tf.Tensor;
}

/**
 * Tensors that no trainable weight reaches. Whatever is not known to be one is taken to move, so a raw tf
 * operation in between costs speed, never a gradient.
 */
const constants = new WeakSet<tf.Tensor>();

/** Marks what comes from outside (cached hidden states): no gradient is computed for it. */
export function constant<T extends tf.Tensor>(x: T): T {
  constants.add(x);
  return x;
}

interface Made {
  value: tf.Tensor;
  /** What the gradient reads, in an order of the operation's own. */
  save: readonly tf.Tensor[];
}

interface Differentiable {
  /** What a gradient may be asked of. */
  inputs: readonly { x: tf.Tensor; moves: boolean }[];
  forward(): Made;
  /** Gradients in the order of `inputs`; those of inputs that do not move are left out by the caller. */
  grad(dy: tf.Tensor, saved: readonly tf.Tensor[]): readonly (tf.Tensor | null)[];
}

const moving = (x: tf.Tensor): { x: tf.Tensor; moves: boolean } => ({ x, moves: !constants.has(x) });
const weightInput = ({ value, trainable }: Weight): { x: tf.Tensor; moves: boolean } => ({
  x: value,
  moves: trainable,
});

/**
 * tf.customGrad over the inputs that move. Whatever the gradient reads must be saved: tensors made on the way
 * forward are gone by then. TensorFlow.js would hold every saved value and every gradient until the whole step is
 * over; here each is freed as soon as its one reader has read it.
 */
function differentiable({ inputs, forward, grad }: Differentiable): tf.Tensor {
  const moves = inputs.filter((input) => input.moves).map(({ x }) => x);
  if (moves.length === 0) return constant(tf.tidy(() => forward().value));
  return tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as (tensors: tf.Tensor[]) => void;
    const made = forward();
    save([...made.save]);
    return {
      value: made.value,
      gradFunc(dy: tf.Tensor, saved: tf.Tensor[]) {
        const results = tf.tidy(() => {
          const all = grad(dy, saved);
          // One tensor may be the gradient of two inputs, and each is freed by itself.
          return inputs.flatMap((input, i) => (input.moves ? [tf.clone(all[i] as tf.Tensor)] : []));
        });
        tf.dispose([dy, ...saved]);
        return results;
      },
    };
  })(...moves);
}

export interface LinearOptions {
  /** Exact GELU of the sum. */
  gelu?: boolean;
  /** [N, O], added before the activation. */
  residual?: tf.Tensor2D;
}

/** y[N, O] = x[N, I] · w[I, O] + b[O] + residual. Gradients: dx = dy·wᵀ, dw = xᵀ·dy, db = Σ_N dy. */
export function linear(
  x: tf.Tensor2D,
  w: Weight<tf.Tensor2D>,
  b: Weight<tf.Tensor1D> | null,
  { gelu = false, residual }: LinearOptions = {},
): tf.Tensor2D {
  const input = moving(x);
  const bMoves = b?.trainable === true;
  return differentiable({
    inputs: [input, weightInput(w), ...(b ? [weightInput(b)] : []), ...(residual ? [moving(residual)] : [])],
    forward() {
      const [value, slope] = fused(
        'HoneMatMul',
        { a: x, b: w.value, bias: b?.value, residual },
        { transposeA: false, transposeB: false, alpha: 1, gelu },
      );
      return { value, save: [w.value, ...(slope ? [slope] : []), ...(w.trainable ? [x] : [])] };
    },
    grad(dy, saved) {
      const [weights, slope] = saved as [tf.Tensor, tf.Tensor];
      const dz = gelu ? fused('HoneActivateGrad', { dy, slope }, {})[0] : dy;
      const dx = input.moves ? product(dz, weights, { transposeB: true }) : null;
      const [dw = null, db = null] = w.trainable
        ? fused('HoneWeightGrad', { x: saved.at(-1) as tf.Tensor, dy: dz }, { bias: bMoves })
        : [null, bMoves ? fused('HoneColumnSum', { dy: dz }, {})[0] : null];
      return [dx, dw, ...(b ? [db] : []), dz];
    },
  }) as tf.Tensor2D;
}

/** w[I, O] of a packed weight; the caller frees it. */
function unpacked({ packed, scales, rows, columns, bits, group }: PackedWeight): tf.Tensor {
  return fused('HoneUnpack', { packed, scales: scales ?? undefined }, { rows, columns, bits, group })[0];
}

/** `linear` by a frozen weight kept in few bits. Gradients: dx = dy·wᵀ, db = Σ_N dy. */
export function packedLinear(
  x: tf.Tensor2D,
  w: PackedWeight,
  b: Weight<tf.Tensor1D> | null,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  const attrs = { transposeA: false, transposeB: false, alpha: 1, gelu: false };
  return differentiable({
    inputs: [moving(x), ...(b ? [weightInput(b)] : []), ...(residual ? [moving(residual)] : [])],
    forward() {
      const weights = unpacked(w);
      const [value] = fused('HoneMatMul', { a: x, b: weights, bias: b?.value, residual }, attrs);
      // At once: all layers' together would be what packing spares.
      weights.dispose();
      return { value, save: [] };
    },
    grad(dy) {
      const dx = constants.has(x) ? null : product(dy, unpacked(w), { transposeB: true });
      return [dx, ...(b ? [b.trainable ? fused('HoneColumnSum', { dy }, {})[0] : null] : []), dy];
    },
  }) as tf.Tensor2D;
}

/** α·op(a)·op(b), without a gradient. */
function product(
  a: tf.Tensor,
  b: tf.Tensor,
  {
    transposeA = false,
    transposeB = false,
    alpha = 1,
    residual,
  }: { transposeA?: boolean; transposeB?: boolean; alpha?: number; residual?: tf.Tensor | undefined },
): tf.Tensor {
  return fused('HoneMatMul', { a, b, residual }, { transposeA, transposeB, alpha, gelu: false })[0];
}

/**
 * y[N, O] + α·(x[N, I]·a[I, r])·b[r, O] (Hu et al. 2021). Gradients, with g = α·dy·bᵀ: dx = g·aᵀ, da = xᵀ·g,
 * db = α·(x·a)ᵀ·dy.
 */
export function lowRank(
  y: tf.Tensor2D,
  x: tf.Tensor2D,
  a: Weight<tf.Tensor2D>,
  b: Weight<tf.Tensor2D>,
  alpha: number,
): tf.Tensor2D {
  const input = moving(x);
  return differentiable({
    inputs: [moving(y), input, weightInput(a), weightInput(b)],
    forward() {
      const reduced = product(x, a.value, {});
      return {
        value: product(reduced, b.value, { alpha, residual: y }),
        save: [x, reduced, a.value, b.value],
      };
    },
    grad(dy, saved) {
      const [xs, reduced, as, bs] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const g = product(dy, bs, { transposeB: true, alpha });
      return [
        dy,
        input.moves ? product(g, as, { transposeB: true }) : null,
        a.trainable ? fused('HoneWeightGrad', { x: xs, dy: g }, { bias: false })[0] : null,
        b.trainable ? product(reduced, dy, { transposeA: true, alpha }) : null,
      ];
    },
  }) as tf.Tensor2D;
}

/**
 * x[N, D]·s + b for s of D values in any shape. Gradients: dx = dy·s, ds = Σ_N dy·x, db = Σ_N dy. A row vector meets
 * the rows by a product with ones: broadcasting on WebAssembly takes many times as long.
 */
export function scale(x: tf.Tensor2D, s: Weight, b: Weight<tf.Tensor1D> | null = null): tf.Tensor2D {
  const [rows] = x.shape;
  const onRows = (v: tf.Tensor, residual?: tf.Tensor): tf.Tensor =>
    product(tf.ones([rows, 1]), tf.reshape(v, [1, v.size]), { residual });
  return differentiable({
    inputs: [moving(x), weightInput(s), ...(b ? [weightInput(b)] : [])],
    forward() {
      const scaled = tf.mul(x, onRows(s.value));
      return {
        value: b ? onRows(b.value, scaled) : scaled,
        save: [s.value, ...(s.trainable ? [x] : [])],
      };
    },
    grad(dy, [factors, xs]) {
      const ds = xs ? fused('HoneColumnSum', { dy: tf.mul(dy, xs) }, {})[0] : null;
      return [
        tf.mul(dy, onRows(factors as tf.Tensor)),
        ds && tf.reshape(ds, s.value.shape),
        b?.trainable ? fused('HoneColumnSum', { dy }, {})[0] : null,
      ];
    },
  }) as tf.Tensor2D;
}

/** √Σ_I (w[I, O] + α·a[I, r]·b[r, O])² for each of O columns: a constant to every gradient. */
export function columnNorm(w: tf.Tensor2D, a: tf.Tensor2D, b: tf.Tensor2D, alpha: number): tf.Tensor1D {
  const norm = tf.customGrad(() => ({
    value: tf.sqrt(
      fused('HoneColumnSum', { dy: tf.square(product(a, b, { alpha, residual: w })) }, {})[0],
    ) as tf.Tensor1D,
    gradFunc: () => [],
  }));
  return constant(norm());
}

/** An activation of x[N, D]. `linear` has exact GELU built in, which here is for a sum that something was added to. */
export function activate(x: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  return differentiable({
    inputs: [moving(x)],
    forward() {
      const [value, slope] = fused('HoneActivate', { x }, { activation });
      return { value, save: [slope] };
    },
    grad: (dy, [slope]) => fused('HoneActivateGrad', { dy, slope: slope as tf.Tensor }, {}),
  }) as tf.Tensor2D;
}

export const gelu = (x: tf.Tensor2D): tf.Tensor2D => activate(x, 'gelu');

/**
 * f(gate)·up for gate, up [N, F] (Shazeer 2020); without `up`, both are halves of gate [N, 2F], as one linear makes
 * them. Gradients, both from the inputs again, which takes no memory: dgate = dy·up·f′(gate), dup = dy·f(gate).
 */
export function gated(gate: tf.Tensor2D, up: tf.Tensor2D | null, activation: Activation): tf.Tensor2D {
  return differentiable({
    inputs: [moving(gate), ...(up ? [moving(up)] : [])],
    forward: () => ({
      value: fused('HoneGated', { gate, up: up ?? undefined }, { activation })[0],
      save: [gate, ...(up ? [up] : [])],
    }),
    grad: (dy, saved) => {
      const [first, second] = saved as [tf.Tensor, tf.Tensor | undefined];
      return fused('HoneGatedGrad', { dy, gate: first, up: second }, { activation });
    },
  }) as tf.Tensor2D;
}

/**
 * Layer norm over the last axis of x + residual, [N, D] (Ba et al. 2016), biased variance. With x̂ = (x-μ)/σ:
 * dx = (g - mean(g) - x̂·mean(g·x̂))/σ for g = dy·γ; dγ = Σ_N dy·x̂; dβ = Σ_N dy.
 */
export function layerNorm(
  x: tf.Tensor2D,
  gamma: Weight<tf.Tensor1D>,
  beta: Weight<tf.Tensor1D>,
  epsilon: number,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  return differentiable({
    inputs: [moving(x), weightInput(gamma), weightInput(beta), ...(residual ? [moving(residual)] : [])],
    forward() {
      const [value, sum, stats] = fused(
        'HoneLayerNorm',
        { x, residual, gamma: gamma.value, beta: beta.value },
        { epsilon },
      );
      return { value, save: [sum, stats, gamma.value] };
    },
    grad(dy, saved) {
      const [sum, stats, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [ds, dgamma = null, dbeta = null] = fused(
        'HoneLayerNormGrad',
        { dy, sum, gamma: scale, stats },
        { affine: gamma.trainable || beta.trainable },
      );
      return [ds, dgamma, dbeta, ds];
    },
  }) as tf.Tensor2D;
}

/**
 * RMS norm of x + residual, [N, D], by γ[D] (Zhang & Sennrich 2019); heads side by side, [N, H·D], are normed each by
 * itself, as Qwen3 does with q and k. With x̂ = x/ρ: dx = (g - x̂·mean(g·x̂))/ρ for g = dy·γ; dγ = Σ dy·x̂.
 */
export function rmsNorm(
  x: tf.Tensor2D,
  gamma: Weight<tf.Tensor1D>,
  epsilon: number,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  return differentiable({
    inputs: [moving(x), weightInput(gamma), ...(residual ? [moving(residual)] : [])],
    forward() {
      const [value, sum, inverse] = fused('HoneRmsNorm', { x, residual, gamma: gamma.value }, { epsilon });
      return { value, save: [sum, inverse, gamma.value] };
    },
    grad(dy, saved) {
      const [sum, inverse, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
      const [ds, dgamma = null] = fused(
        'HoneRmsNormGrad',
        { dy, sum, gamma: scale, inverse },
        { affine: gamma.trainable },
      );
      return [ds, dgamma, ds];
    },
  }) as tf.Tensor2D;
}

/** The angles of positions 0…P-1: constants [P, d/2]. */
export interface Angles {
  cos: tf.Tensor2D;
  sin: tf.Tensor2D;
}

/**
 * Rotary positions for heads of d side by side, x[B·T, H·d] (Su et al. 2021), in transformers' `rotate_half` layout;
 * the first of T tokens stands at `offset`. Gradient: dy turned back.
 */
export function rotate(x: tf.Tensor2D, { cos, sin }: Angles, length: number, offset = 0): tf.Tensor2D {
  const [positions, half] = cos.shape;
  // A kernel would read on past the end of the tables.
  if (offset + length > positions) {
    throw new RangeError(`${offset + length} tokens, and angles for ${positions}`);
  }
  if (x.shape[1] % (2 * half) !== 0) throw new RangeError(`width ${x.shape[1]} in heads of ${2 * half}`);
  const attrs = { length, offset };
  return differentiable({
    inputs: [moving(x)],
    forward: () => ({
      value: fused('HoneRotate', { x, cos, sin }, { ...attrs, back: false })[0],
      save: [cos, sin],
    }),
    grad: (dy, saved) => {
      const [c, s] = saved as [tf.Tensor, tf.Tensor];
      return fused('HoneRotate', { x: dy, cos: c, sin: s }, { ...attrs, back: true });
    },
  }) as tf.Tensor2D;
}

/** The tables of an embedding; positions and segments may be missing. */
export interface Tables {
  words: Weight<tf.Tensor2D>;
  positions?: Weight<tf.Tensor2D>;
  segments?: Weight<tf.Tensor2D>;
}

/** words[ids] + positions[0…T) + segments[0] for ids [B·T]; a table's gradient adds up rows that share an id. */
export function embedding(tables: Tables, ids: tf.Tensor1D, length: number): tf.Tensor2D {
  const { words, positions, segments } = tables;
  // A kernel would read on past the end of the table.
  if (positions && length > positions.value.shape[0]) {
    throw new RangeError(`${length} tokens, and positions for ${positions.value.shape[0]}`);
  }
  const used = [words, positions, segments].filter((table) => table !== undefined);
  const count = ids.shape[0];
  return differentiable({
    inputs: used.map(weightInput),
    forward: () => ({
      value: fused(
        'HoneEmbed',
        { words: words.value, ids, positions: positions?.value, segments: segments?.value },
        { length },
      )[0],
      save: [ids],
    }),
    grad: (dy, [savedIds]) =>
      used.map((table) => {
        if (!table.trainable) return null;
        const index = (n: number): number => (table === positions ? n % length : 0);
        const at =
          table === words
            ? (savedIds as tf.Tensor)
            : tf.tensor1d(
                Int32Array.from({ length: count }, (_, n) => index(n)),
                'int32',
              );
        return fused('HoneScatterAdd', { dy, ids: at }, { rows: table.value.shape[0] })[0];
      }),
  }) as tf.Tensor2D;
}

/**
 * Mean of -log softmax(logits[N, C])[labels[N]] over the rows whose label is not IGNORED (-100). Gradient:
 * (softmax - onehot)/count, made only when it is asked for: over a large vocabulary it is as large as a model.
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return differentiable({
    inputs: [moving(logits)],
    forward() {
      const [value, lse, share] = fused('HoneCrossEntropy', { logits, labels }, {});
      return { value, save: [logits, labels, lse, share] };
    },
    grad(dy, saved) {
      const [given, targets, lse, share] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      return fused('HoneCrossEntropyGrad', { dy, logits: given, labels: targets, lse, share }, {});
    },
  }) as tf.Scalar;
}

type AttentionGradInputs = FusedKernels['HoneAttentionGrad']['inputs'];
/** In the order in which `attention` saves them. */
const SAVED = ['q', 'k', 'v', 'out', 'lse', 'mask', 'seed'] as const;

export interface AttentionShape extends TextShape {
  /** Of q; k and v may have fewer, each for a group of neighbours. */
  heads: number;
  /** Position of the first query among the keys: by default the last query stands at the last key. */
  offset?: number;
  /**
   * Keys that a query sees before and after its own position; all by default. Causal: after 0. ModernBERT's local
   * layers: half of the window on each side.
   */
  before?: number;
  after?: number;
}

/**
 * Multi-head softmax(q·kᵀ/√d)·v for q [B·T, H·d] and k, v [B·K, G·d], keys where mask [B, K] is 0 left out (Vaswani et
 * al. 2017; groups of H/G heads: Ainslie et al. 2023). The B·H·T·K weights are computed again for the gradient, not
 * kept.
 */
export function attention(
  { q, k, v, mask }: { q: tf.Tensor2D; k: tf.Tensor2D; v: tf.Tensor2D; mask: tf.Tensor2D },
  { rows, length, heads, offset, before = Infinity, after = Infinity }: AttentionShape,
  dropout: Dropout | null,
): tf.Tensor2D {
  const keys = mask.shape[1];
  const start = offset ?? keys - length;
  // A kernel would read on past the ends of keys and values.
  if (start < 0 || start + length > keys || k.shape[0] !== rows * keys) {
    throw new RangeError(`${length} queries at ${start} of ${keys} keys, ${k.shape[0]} in ${rows} texts`);
  }
  if (heads % (k.shape[1] / (q.shape[1] / heads)) !== 0) {
    throw new RangeError(`${heads} heads of ${q.shape[1]} for keys of ${k.shape[1]}`);
  }
  const attrs = {
    ...{ rows, length, heads, offset: start, before, after },
    ...{ rate: dropout?.rate ?? 0, salt: dropout?.salt ?? 0 },
  };
  const seed = dropout?.seed;
  return differentiable({
    inputs: [moving(q), moving(k), moving(v)],
    forward() {
      const [value, lse] = fused('HoneAttention', { q, k, v, mask, seed }, attrs);
      return { value, save: [q, k, v, value, lse, mask, ...(seed ? [seed] : [])] };
    },
    grad(dout, saved) {
      const inputs = Object.fromEntries(SAVED.map((name, i) => [name, saved[i]]));
      return fused('HoneAttentionGrad', { dout, ...inputs } as AttentionGradInputs, attrs);
    },
  }) as tf.Tensor2D;
}

/**
 * `attention` in which every token may also attend to keys and values [P, D] that no token made (Li & Liang 2021);
 * mask [B, P+T] covers both.
 */
export function prefixedAttention(
  { q, k, v }: { q: tf.Tensor2D; k: tf.Tensor2D; v: tf.Tensor2D },
  { keys, values, mask }: { keys: tf.Tensor2D; values: tf.Tensor2D; mask: tf.Tensor2D },
  shape: Omit<AttentionShape, 'offset'>,
  dropout: Dropout | null,
): tf.Tensor2D {
  const { rows } = shape;
  return attention({ q, k: prepend(keys, k, rows), v: prepend(values, v, rows), mask }, shape, dropout);
}

/** first[P, D] before the rows of each of B texts, x[B·T, D] → [B·(P+T), D]. Gradients: Σ_B of those rows; the rest. */
export function prepend(first: tf.Tensor2D, x: tf.Tensor2D, rows: number): tf.Tensor2D {
  const [count, width] = first.shape;
  return differentiable({
    inputs: [moving(first), moving(x)],
    forward() {
      const repeated = tf.tile(tf.reshape(first, [1, count, width]), [rows, 1, 1]);
      const both = tf.concat([repeated, tf.reshape(x, [rows, -1, width])], 1);
      return { value: tf.reshape(both, [-1, width]), save: [] };
    },
    grad(dy) {
      const both = tf.reshape(dy, [rows, -1, width]);
      const [dfirst, dx] = tf.split(both, [count, (both.shape[1] as number) - count], 1);
      return [tf.sum(dfirst as tf.Tensor, 0), tf.reshape(dx as tf.Tensor, [-1, width])];
    },
  }) as tf.Tensor2D;
}

/** x with a seeded share silenced and the rest scaled by 1/(1-rate); x itself where nothing is dropped. */
export function dropout<T extends tf.Tensor>(x: T, options: Dropout | null): T {
  if (!options || options.rate === 0) return x;
  const { seed, rate, salt } = options;
  return differentiable({
    inputs: [moving(x)],
    forward: () => ({ value: fused('HoneDropout', { x, seed }, { rate, salt })[0], save: [seed] }),
    grad: (dy, [saved]) => fused('HoneDropout', { x: dy, seed: saved as tf.Tensor }, { rate, salt }),
  }) as T;
}

/** Mean of x[B·T, D] over each text's tokens, padding left out: [B, D]. */
export function maskedMean(x: tf.Tensor2D, mask: tf.Tensor2D, shape: TextShape): tf.Tensor2D {
  return differentiable({
    inputs: [moving(x)],
    forward: () => ({ value: fused('HoneMaskedMean', { x, mask }, shape)[0], save: [mask] }),
    grad: (dy, [saved]) => fused('HoneMaskedMeanGrad', { dy, mask: saved as tf.Tensor }, shape),
  }) as tf.Tensor2D;
}
