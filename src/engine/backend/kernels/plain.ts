/**
 * Every fused kernel in TensorFlow.js operations: the definition that the fast ones are tested against, and the
 * stand-in where a back end or a browser has none.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  ADAM_EPSILON,
  BETA1,
  BETA2,
  type DropoutAttrs,
  type FusedKernels,
  type FusedName,
  fusedKernel,
  type KernelCall,
  MASKED,
} from './contract';
import { keepFactors } from './dropoutHash';

type Plain = { [K in FusedName]: (call: KernelCall<K>) => FusedKernels[K]['outputs'] };

const cumulative = (x: tf.Tensor): tf.Tensor => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
/** [GELU, its slope] */
function gelu(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const share = cumulative(x);
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return [tf.mul(x, share), tf.add(share, tf.mul(x, density))];
}

/** tfjs-wasm multiplies at full speed only when neither operand is transposed. */
function untransposed(x: tf.Tensor, transposed: boolean): tf.Tensor2D {
  return (transposed ? tf.transpose(x) : x) as tf.Tensor2D;
}

function keepMask(
  shape: number[],
  seed: tf.Tensor | undefined,
  { rate, salt }: DropoutAttrs,
): tf.Tensor | null {
  if (rate === 0 || !seed) return null;
  const count = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(keepFactors(count, seed.dataSync()[0] as number, salt, rate), shape);
}

type Heads = FusedKernels['HoneAttention']['attrs'];

/** [B·T, D] → [B, H, T, d] and back. */
const split = (x: tf.Tensor, { rows, length, heads }: Heads): tf.Tensor4D =>
  tf.transpose(tf.reshape(x, [rows, length, heads, -1]), [0, 2, 1, 3]) as tf.Tensor4D;
const join = (x: tf.Tensor, { rows, length }: Heads): tf.Tensor =>
  tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows * length, -1]);

interface Scores {
  probabilities: tf.Tensor;
  lse: tf.Tensor;
  keep: tf.Tensor | null;
  scale: number;
}

function attentionScores(
  { q, k, mask, seed }: { q: tf.Tensor; k: tf.Tensor; mask: tf.Tensor; seed?: tf.Tensor | undefined },
  attrs: Heads,
): Scores {
  const { rows, length, heads } = attrs;
  const scale = 1 / Math.sqrt((q.shape[1] as number) / heads);
  const open = tf.cast(tf.reshape(mask, [rows, 1, 1, length]), 'bool');
  const raw = tf.mul(tf.matMul(split(q, attrs), split(k, attrs), false, true), scale);
  const scores = tf.where(tf.broadcastTo(open, raw.shape), raw, tf.fill(raw.shape, MASKED));
  const top = tf.max(scores, -1, true);
  const raised = tf.exp(tf.sub(scores, top));
  const total = tf.sum(raised, -1, true);
  return {
    probabilities: tf.div(raised, total),
    lse: tf.reshape(tf.add(top, tf.log(total)), [rows, heads, length]),
    keep: keepMask([rows, heads, length, length], seed, attrs),
    scale,
  };
}

const dropped = (x: tf.Tensor, keep: tf.Tensor | null): tf.Tensor => (keep ? tf.mul(x, keep) : x);

const plain: Plain = {
  HoneMatMul({ inputs: { a, b, bias, residual }, attrs }) {
    let y: tf.Tensor = tf.matMul(untransposed(a, attrs.transposeA), untransposed(b, attrs.transposeB));
    if (attrs.alpha !== 1) y = tf.mul(y, attrs.alpha);
    if (bias) y = tf.add(y, bias);
    if (residual) y = tf.add(y, residual);
    return attrs.gelu ? gelu(y) : [y];
  },
  HoneWeightGrad({ inputs: { x, dy }, attrs }) {
    const dw = tf.matMul(tf.transpose(x as tf.Tensor2D), dy as tf.Tensor2D);
    return attrs.bias ? [dw, tf.sum(dy, 0)] : [dw];
  },
  HoneColumnSum: ({ inputs: { dy } }) => [tf.sum(dy, 0)],
  HoneGelu: ({ inputs: { x } }) => gelu(x),
  HoneGeluGrad: ({ inputs: { dy, slope } }) => [tf.mul(dy, slope)],
  HoneLayerNorm({ inputs: { x, residual, gamma, beta }, attrs }) {
    const sum = residual ? tf.add(x, residual) : tf.clone(x);
    const mean = tf.mean(sum, -1, true);
    const centred = tf.sub(sum, mean);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), attrs.epsilon));
    const y = tf.add(tf.mul(tf.mul(centred, inverse), gamma), beta);
    return [y, sum, tf.concat([mean, inverse], -1)];
  },
  HoneLayerNormGrad({ inputs: { dy, sum, gamma, stats }, attrs }) {
    const [mean, inverse] = tf.split(stats, 2, -1) as [tf.Tensor, tf.Tensor];
    const normal = tf.mul(tf.sub(sum, mean), inverse);
    const g = tf.mul(dy, gamma);
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const ds = tf.mul(tf.sub(tf.sub(g, tf.mean(g, -1, true)), along), inverse);
    return attrs.affine ? [ds, tf.sum(tf.mul(dy, normal), 0), tf.sum(dy, 0)] : [ds];
  },
  HoneAttention({ inputs, attrs }) {
    const { probabilities, lse, keep } = attentionScores(inputs, attrs);
    return [join(tf.matMul(dropped(probabilities, keep), split(inputs.v, attrs)), attrs), lse];
  },
  HoneAttentionGrad({ inputs, attrs }) {
    const { probabilities, keep, scale } = attentionScores(inputs, attrs);
    const { rows, length } = attrs;
    const dout = split(inputs.dout, attrs);
    const dv = tf.matMul(dropped(probabilities, keep), dout, true);
    const dp = dropped(tf.matMul(dout, split(inputs.v, attrs), false, true), keep);
    const along = tf.sum(tf.mul(dp, probabilities), -1, true);
    const open = tf.reshape(tf.cast(tf.notEqual(inputs.mask, 0), 'float32'), [rows, 1, 1, length]);
    const ds = tf.mul(tf.mul(tf.mul(probabilities, tf.sub(dp, along)), open), scale);
    const dq = tf.matMul(ds, split(inputs.k, attrs));
    const dk = tf.matMul(ds, split(inputs.q, attrs), true);
    return [join(dq, attrs), join(dk, attrs), join(dv, attrs)];
  },
  HoneCrossEntropy({ inputs: { logits, labels } }) {
    const [rows, classes] = logits.shape as [number, number];
    const target = tf.cast(tf.oneHot(labels, classes), 'float32');
    const shifted = tf.sub(logits, tf.max(logits, -1, true));
    const logProbabilities = tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
    const loss = tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, target), -1)));
    return [loss, tf.div(tf.sub(tf.exp(logProbabilities), target), rows)];
  },
  HoneEmbed({ inputs: { words, ids, positions, segments }, attrs: { length } }) {
    const width = words.shape[1] as number;
    let y: tf.Tensor = tf.gather(words, ids);
    if (positions) {
      const placed = tf.add(tf.reshape(y, [-1, length, width]), tf.slice(positions, [0, 0], [length, width]));
      y = tf.reshape(placed, [-1, width]);
    }
    return [segments ? tf.add(y, tf.slice(segments, [0, 0], [1, width])) : y];
  },
  HoneScatterAdd: ({ inputs: { dy, ids }, attrs }) => [
    tf.unsortedSegmentSum(dy, ids as tf.Tensor1D, attrs.rows),
  ],
  HoneDropout({ inputs: { x, seed }, attrs }) {
    const keep = keepMask(x.shape, seed, attrs);
    return [keep ? tf.mul(x, keep) : tf.clone(x)];
  },
  HoneMaskedMean({ inputs: { x, mask }, attrs: { rows, length } }) {
    const sum = tf.sum(tf.mul(tf.reshape(x, [rows, length, -1]), tf.expandDims(mask, -1)), 1);
    return [tf.div(sum, tf.sum(mask, 1, true))];
  },
  HoneMaskedMeanGrad({ inputs: { dy, mask }, attrs: { rows, length } }) {
    const share = tf.div(mask, tf.sum(mask, 1, true));
    const spread = tf.mul(tf.reshape(dy, [rows, 1, -1]), tf.reshape(share, [rows, length, 1]));
    return [tf.reshape(spread, [rows * length, -1])];
  },
  HoneGlobalNorm({ inputs, attrs }) {
    // Pair by pair: tfjs-webgpu's AddN asks for one buffer an input, and adapters offer eight.
    const squares = Object.values(inputs).map((g) => tf.sum(tf.square(g)));
    const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)));
    return [norm, tf.minimum(1, tf.div(attrs.limit, tf.add(norm, 1e-6)))];
  },
  HoneAdamW({ inputs, attrs }) {
    const [rate, correction1, correction2] = tf.unstack(inputs.hyper as tf.Tensor) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    for (let i = 0; i < attrs.count; i++) {
      const [w, m, v] = ['w', 'm', 'v'].map((letter) => inputs[`${letter}${i}`] as tf.Variable) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      const g = tf.mul(inputs[`g${i}`] as tf.Tensor, inputs.factor as tf.Tensor);
      m.assign(tf.add(tf.mul(m, BETA1), tf.mul(g, 1 - BETA1)));
      v.assign(tf.add(tf.mul(v, BETA2), tf.mul(tf.square(g), 1 - BETA2)));
      const step = tf.mul(rate, attrs.rateScales[i] as number);
      const spread = tf.add(tf.sqrt(tf.div(v, correction2)), ADAM_EPSILON);
      const move = tf.mul(tf.div(m, spread), tf.div(step, correction1));
      const kept = tf.mul(w, tf.sub(1, tf.mul(step, attrs.decays[i] as number)));
      w.assign(tf.sub(kept, move));
    }
    return [];
  },
};

const NAMES = Object.keys(plain) as FusedName[];

/** The plain form of a kernel for a back end; what it makes on the way is freed. */
export function plainKernel(name: FusedName, backendName: string): tf.KernelConfig {
  const run = plain[name] as (call: KernelCall<FusedName>) => tf.Tensor[];
  return fusedKernel(name, backendName, (call) => tf.tidy(() => run(call)));
}

/** Fills in, for a back end, whatever fused kernels it has none of its own for. */
export function registerPlainKernels(backendName: string): void {
  for (const name of NAMES) {
    if (!tf.getKernel(name, backendName)) tf.registerKernel(plainKernel(name, backendName));
  }
}
