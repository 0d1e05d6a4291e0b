/**
 * Every fused kernel in TensorFlow.js operations: the definition that the fast ones are tested against, and the
 * stand-in where a back end or a browser has none.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  ADAM_EPSILON,
  BETA1,
  BETA2,
  type FusedKernels,
  type FusedName,
  fusedKernel,
  IGNORED,
  type KernelCall,
} from './contract';
import { keepMask } from './dropoutHash';
import { plainActivations } from './plainActivations';
import { plainAttention, plainAttentionGrad } from './plainAttention';
import { plainUnpack } from './plainUnpack';

type Plain = { [K in FusedName]: (call: KernelCall<K>) => FusedKernels[K]['outputs'] };

/** tfjs-wasm multiplies at full speed only when neither operand is transposed. */
function untransposed(x: tf.Tensor, transposed: boolean): tf.Tensor2D {
  return (transposed ? tf.transpose(x) : x) as tf.Tensor2D;
}

/** The two factors of a gated activation. */
function gateAndUp({ gate, up }: FusedKernels['HoneGated']['inputs']): [gate: tf.Tensor, up: tf.Tensor] {
  return up ? [gate, up] : (tf.split(gate, 2, -1) as [tf.Tensor, tf.Tensor]);
}

/** Labels [N] as rows of zeros and a one, and 1 for each row that counts, [N, 1]. */
function targetsOf(labels: tf.Tensor, classes: number): Record<'target' | 'counts', tf.Tensor> {
  const counts = tf.cast(tf.notEqual(labels, tf.scalar(IGNORED, 'int32')), 'float32');
  return {
    target: tf.cast(tf.oneHot(labels, classes), 'float32'),
    counts: tf.reshape(counts, [-1, 1]),
  };
}

const plain: Plain = {
  HoneMatMul({ inputs: { a, b, bias, residual }, attrs }) {
    let y: tf.Tensor = tf.matMul(untransposed(a, attrs.transposeA), untransposed(b, attrs.transposeB));
    if (attrs.alpha !== 1) y = tf.mul(y, attrs.alpha);
    if (bias) y = tf.add(y, bias);
    if (residual) y = tf.add(y, residual);
    return attrs.gelu ? plainActivations.gelu(y) : [y];
  },
  HoneWeightGrad({ inputs: { x, dy }, attrs }) {
    const dw = tf.matMul(tf.transpose(x as tf.Tensor2D), dy as tf.Tensor2D);
    return attrs.bias ? [dw, tf.sum(dy, 0)] : [dw];
  },
  HoneColumnSum: ({ inputs: { dy } }) => [tf.sum(dy, 0)],
  HoneActivate: ({ inputs: { x }, attrs }) => plainActivations[attrs.activation](x),
  HoneActivateGrad: ({ inputs: { dy, slope } }) => [tf.mul(dy, slope)],
  HoneGated({ inputs, attrs }) {
    const [gate, up] = gateAndUp(inputs);
    return [tf.mul(plainActivations[attrs.activation](gate)[0], up)];
  },
  HoneGatedGrad({ inputs, attrs }) {
    const [gate, up] = gateAndUp(inputs);
    const [value, slope] = plainActivations[attrs.activation](gate);
    const [dgate, dup] = [tf.mul(inputs.dy, tf.mul(up, slope)), tf.mul(inputs.dy, value)];
    return inputs.up ? [dgate, dup] : [tf.concat([dgate, dup], -1)];
  },
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
  HoneRmsNorm({ inputs: { x, residual, gamma }, attrs }) {
    const sum = residual ? tf.add(x, residual) : tf.clone(x);
    const each = tf.reshape(sum, [-1, gamma.size]);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(each), -1), attrs.epsilon));
    const y = tf.mul(tf.mul(each, tf.expandDims(inverse, -1)), gamma);
    return [tf.reshape(y, x.shape), sum, inverse];
  },
  HoneRmsNormGrad({ inputs: { dy, sum, gamma, inverse }, attrs }) {
    const scale = tf.expandDims(inverse, -1);
    const normal = tf.mul(tf.reshape(sum, [-1, gamma.size]), scale);
    const each = tf.reshape(dy, normal.shape);
    const g = tf.mul(each, gamma);
    const along = tf.mul(normal, tf.mean(tf.mul(g, normal), -1, true));
    const ds = tf.reshape(tf.mul(tf.sub(g, along), scale), dy.shape);
    return attrs.affine ? [ds, tf.sum(tf.mul(each, normal), 0)] : [ds];
  },
  HoneRotate({ inputs: { x, cos, sin }, attrs: { length, offset, back } }) {
    const half = cos.shape[1] as number;
    const halves = tf.reshape(x, [-1, length, (x.shape[1] as number) / (2 * half), 2, half]);
    const [first, second] = tf.unstack(halves, 3) as [tf.Tensor, tf.Tensor];
    const rowsOf = (table: tf.Tensor): tf.Tensor =>
      tf.reshape(tf.slice(table, [offset, 0], [length, half]), [1, length, 1, half]);
    const c = rowsOf(cos);
    const s = back ? tf.neg(rowsOf(sin)) : rowsOf(sin);
    const turned = [tf.sub(tf.mul(first, c), tf.mul(second, s)), tf.add(tf.mul(second, c), tf.mul(first, s))];
    return [tf.reshape(tf.stack(turned, 3), x.shape)];
  },
  HoneAttention: plainAttention,
  HoneAttentionGrad: plainAttentionGrad,
  HoneCrossEntropy({ inputs: { logits, labels } }) {
    const { target, counts } = targetsOf(labels, logits.shape[1] as number);
    const count = tf.sum(counts);
    const share = tf.div(tf.minimum(count, 1), tf.maximum(count, 1));
    const top = tf.max(logits, -1, true);
    const lse = tf.add(top, tf.log(tf.sum(tf.exp(tf.sub(logits, top)), -1, true)));
    const losses = tf.mul(tf.sub(lse, tf.sum(tf.mul(logits, target), -1, true)), counts);
    return [tf.mul(tf.sum(losses), share), tf.reshape(lse, [-1]), share];
  },
  HoneCrossEntropyGrad({ inputs: { dy, logits, labels, lse, share } }) {
    const { target, counts } = targetsOf(labels, logits.shape[1] as number);
    const softmax = tf.exp(tf.sub(logits, tf.reshape(lse, [-1, 1])));
    return [tf.mul(tf.sub(softmax, target), tf.mul(counts, tf.mul(dy, share)))];
  },
  HoneUnpack: plainUnpack,
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
