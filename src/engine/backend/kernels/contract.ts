/**
 * The fused kernels a model is trained with: what each reads, writes and means. Every back end may bring its own
 * (`wasm/`, `webgpu/`); `plain.ts` holds each in TensorFlow.js operations, as definition and as stand-in.
 *
 * All are registered with TensorFlow.js, so that its memory accounting and its profiler see them. None records
 * gradients: `ops.ts` pairs forward and backward kernels. Whatever changes from step to step (seeds, learning
 * rate) is a tensor, so that a recorded step can be replayed with other values.
 *
 * N rows (batch × tokens), I inputs, O outputs, B texts, T tokens a text, D width, H heads, V vocabulary, C classes.
 */
import * as tf from '@tensorflow/tfjs-core';

type T = tf.Tensor;

/** A kernel's inputs, attributes and outputs. */
interface Signature<Inputs, Attributes, Outputs extends readonly T[]> {
  inputs: Inputs;
  attrs: Attributes;
  outputs: Outputs;
}

/** Which elements a dropout silences follows from the seed tensor, the salt and the element's index alone. */
export interface DropoutAttrs {
  /** Share silenced; 0 = none, and `seed` is not read. */
  rate: number;
  /** Tells the uses of one seed apart. */
  salt: number;
}

export interface TextShape {
  rows: number;
  length: number;
}

export interface FusedKernels {
  /** y[N, O] = α·op(a)·op(b) + bias[O] + residual[N, O]; with `gelu` [gelu(y), gelu′(y)]. */
  HoneMatMul: Signature<
    { a: T; b: T; bias?: T | undefined; residual?: T | undefined },
    { transposeA: boolean; transposeB: boolean; alpha: number; gelu: boolean },
    [T] | [T, T]
  >;
  /** [xᵀ·dy [I, O], Σ_N dy [O] when `bias`] for x[N, I], dy[N, O]. */
  HoneWeightGrad: Signature<{ x: T; dy: T }, { bias: boolean }, [T] | [T, T]>;
  /** Σ_N dy [O] for dy[N, O]. */
  HoneColumnSum: Signature<{ dy: T }, Record<never, never>, [T]>;
  /** [x·Φ(x), Φ(x) + x·φ(x)]: GELU (Hendrycks & Gimpel 2016), exact, and its slope, which costs little beside it. */
  HoneGelu: Signature<{ x: T }, Record<never, never>, [y: T, slope: T]>;
  /** dy ∘ slope. */
  HoneGeluGrad: Signature<{ dy: T; slope: T }, Record<never, never>, [T]>;
  /** s = x + residual; [γ·(s-μ)/σ + β, s, stats[N, 2] = (μ, 1/σ)] (Ba et al. 2016), biased variance. */
  HoneLayerNorm: Signature<
    { x: T; residual?: T | undefined; gamma: T; beta: T },
    { epsilon: number },
    [y: T, sum: T, stats: T]
  >;
  /** [ds, dγ, dβ] of the above; dγ and dβ only when `affine`. */
  HoneLayerNormGrad: Signature<
    { dy: T; sum: T; gamma: T; stats: T },
    { affine: boolean },
    [T] | [ds: T, dgamma: T, dbeta: T]
  >;
  /**
   * softmax(s)·v per head with s = q·kᵀ/√(D/H), or -1e9 where mask[B, T] is 0 (Vaswani et al. 2017), for q, k, v
   * [B·T, D] with heads side by side; a text of nothing but padding attends evenly. Dropout silences attention
   * weights; the element index is ((b·H + h)·T + i)·T + j. → [out [B·T, D], lse [B, H, T] = log Σ exp s]
   */
  HoneAttention: Signature<
    { q: T; k: T; v: T; mask: T; seed?: T | undefined },
    TextShape & DropoutAttrs & { heads: number },
    [out: T, lse: T]
  >;
  /** [dq, dk, dv] of the above; masked scores are constants. */
  HoneAttentionGrad: Signature<
    { dout: T; q: T; k: T; v: T; out: T; lse: T; mask: T; seed?: T | undefined },
    TextShape & DropoutAttrs & { heads: number },
    [dq: T, dk: T, dv: T]
  >;
  /** [mean over rows of -log softmax(logits[N, C])[labels[N]], its gradient [N, C]]; labels int32. */
  HoneCrossEntropy: Signature<{ logits: T; labels: T }, Record<never, never>, [loss: T, dlogits: T]>;
  /** words[ids[n]] + positions[n mod T] + segments[0] for ids [B·T] int32 → [B·T, D]. */
  HoneEmbed: Signature<
    { words: T; ids: T; positions?: T | undefined; segments?: T | undefined },
    { length: number },
    [T]
  >;
  /** out[V, D], out[v] = Σ dy[n] over ids[n] = v, in row order; ids outside [0, V) are ignored. */
  HoneScatterAdd: Signature<{ dy: T; ids: T }, { rows: number }, [T]>;
  /** x with a share silenced and the rest scaled by 1/(1-rate) (Srivastava et al. 2014); its own gradient. */
  HoneDropout: Signature<{ x: T; seed: T }, DropoutAttrs, [T]>;
  /** Mean of x[B·T, D] over each text's unmasked tokens → [B, D]. */
  HoneMaskedMean: Signature<{ x: T; mask: T }, TextShape, [T]>;
  /** dx[B·T, D] of the above for dy[B, D]. */
  HoneMaskedMeanGrad: Signature<{ dy: T; mask: T }, TextShape, [T]>;
  /** [norm = √Σ‖g‖² over g0, g1, …, factor = min(1, limit/(norm + 1e-6))], as torch.nn.utils.clip_grad_norm_. */
  HoneGlobalNorm: Signature<Record<string, T>, { limit: number }, [norm: T, factor: T]>;
  /**
   * One AdamW step in place for weights w0, w1, … with moments m0, v0, … and gradients g0, …; `factor` scales all
   * gradients, hyper[3] = (learning rate, 1-β₁ᵗ, 1-β₂ᵗ). `decays` and `rateScales` are per weight.
   */
  HoneAdamW: Signature<
    Record<string, T>,
    { count: number; decays: readonly number[]; rateScales: readonly number[] },
    []
  >;
}

export type FusedName = keyof FusedKernels;

export const BETA1 = 0.9;
export const BETA2 = 0.999;
export const ADAM_EPSILON = 1e-8;
/** The score of padding; e^-1e9 is 0 in f32. */
export const MASKED = -1e9;

/** Runs a fused kernel of the back end in force. */
export function fused<K extends FusedName>(
  name: K,
  inputs: FusedKernels[K]['inputs'],
  attrs: FusedKernels[K]['attrs'],
): FusedKernels[K]['outputs'] {
  const given: Record<string, T> = {};
  for (const [key, value] of Object.entries(inputs as Record<string, T | undefined>)) {
    if (value === undefined) continue;
    if (value.size === 0) throw new RangeError(`${name}: ${key} has no rows`);
    given[key] = value;
  }
  const result = tf
    .engine()
    .runKernel<tf.Tensor[]>(name, given as tf.NamedTensorMap, attrs as unknown as tf.NamedAttrMap);
  return result as unknown as FusedKernels[K]['outputs'];
}

/** What a kernel's function receives from TensorFlow.js. */
export interface KernelCall<K extends FusedName> {
  inputs: FusedKernels[K]['inputs'];
  attrs: FusedKernels[K]['attrs'];
  backend: unknown;
}

/** A kernel as TensorFlow.js wants it registered, checked against its signature. */
export function fusedKernel<K extends FusedName>(
  name: K,
  backendName: string,
  run: (call: KernelCall<K>) => readonly tf.TensorInfo[],
): tf.KernelConfig {
  return { kernelName: name, backendName, kernelFunc: run as unknown as tf.KernelFunc };
}
