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

/** Of the texts' queries, and of what each of them sees. */
export interface AttentionAttrs extends TextShape, DropoutAttrs {
  heads: number;
  offset: number;
  /** Keys seen before and after a query's own position; Infinity = all. */
  before: number;
  after: number;
}

/**
 * GELU (Hendrycks & Gimpel 2016), exact and by its tanh (`gelu_new` and `gelu_pytorch_tanh` in transformers), SiLU
 * x·σ(x), and ReLU.
 */
export const ACTIVATIONS = ['gelu', 'geluTanh', 'silu', 'relu'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** Bits of a value in a weight that is kept packed. */
export type PackedBits = 16 | 8 | 4;

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
  /** [f(x), f′(x)]: an activation and its slope, which costs little beside it. */
  HoneActivate: Signature<{ x: T }, { activation: Activation }, [y: T, slope: T]>;
  /** dy ∘ slope. */
  HoneActivateGrad: Signature<{ dy: T; slope: T }, Record<never, never>, [T]>;
  /** f(gate) ∘ up for gate, up [N, F] (Shazeer 2020); without `up`, both lie side by side in gate [N, 2F]. */
  HoneGated: Signature<{ gate: T; up?: T | undefined }, { activation: Activation }, [T]>;
  /** [dgate, dup] of the above, side by side in one where gate and up are. */
  HoneGatedGrad: Signature<
    { dy: T; gate: T; up?: T | undefined },
    { activation: Activation },
    [T] | [dgate: T, dup: T]
  >;
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
   * s = x + residual; [γ·s/ρ, s, 1/ρ] with ρ = √(mean(s²) + ε) over each D values in a row (Zhang & Sennrich 2019), for
   * γ[D]. Rows of several D, as heads side by side, are normed each D by itself.
   */
  HoneRmsNorm: Signature<
    { x: T; residual?: T | undefined; gamma: T },
    { epsilon: number },
    [y: T, sum: T, inverse: T]
  >;
  /** [ds, dγ] of the above; dγ only when `affine`. */
  HoneRmsNormGrad: Signature<
    { dy: T; sum: T; gamma: T; inverse: T },
    { affine: boolean },
    [T] | [ds: T, dgamma: T]
  >;
  /**
   * Rotary positions (Su et al. 2021): the halves (x₁, x₂) of each head of x[B·T, H·d] to
   * (x₁·cos - x₂·sin, x₂·cos + x₁·sin), laid out as `rotate_half` in transformers, by row offset + t of the tables
   * cos, sin [P, d/2] for token t. `back` turns the other way: the gradient.
   */
  HoneRotate: Signature<{ x: T; cos: T; sin: T }, { length: number; offset: number; back: boolean }, [T]>;
  /**
   * softmax(s)·v per head with s = q·kᵀ/√d over the keys that a query sees (Vaswani et al. 2017), for q [B·T, H·d] and
   * k, v [B·K, G·d] with heads side by side, H/G neighbouring heads of q to one of k and v (Ainslie et al. 2023). Query
   * t stands at p = offset + t and sees the keys p - before … p + after where mask[B, K] is not 0; one that sees none
   * is answered with zeros, as by PyTorch since 2.5. Dropout silences attention weights; the element index is
   * ((b·H + h)·T + t)·K + j. → [out [B·T, H·d], lse [B, H, T] = log Σ exp s, or 0]
   */
  HoneAttention: Signature<
    { q: T; k: T; v: T; mask: T; seed?: T | undefined },
    AttentionAttrs,
    [out: T, lse: T]
  >;
  /** [dq, dk, dv] of the above. */
  HoneAttentionGrad: Signature<
    { dout: T; q: T; k: T; v: T; out: T; lse: T; mask: T; seed?: T | undefined },
    AttentionAttrs,
    [dq: T, dk: T, dv: T]
  >;
  /**
   * Mean of lse - logits[n, labels[n]] over the rows that count, for logits [N, C] and int32 labels [N]: those whose
   * label is not IGNORED. → [loss, lse[N] = log Σ exp logits, 1/count]; 0, with a share of 0, where none counts.
   */
  HoneCrossEntropy: Signature<{ logits: T; labels: T }, Record<never, never>, [loss: T, lse: T, share: T]>;
  /** dlogits = dy·share·(softmax(logits) - onehot(labels)) of the above, 0 in rows that do not count. */
  HoneCrossEntropyGrad: Signature<
    { dy: T; logits: T; labels: T; lse: T; share: T },
    Record<never, never>,
    [T]
  >;
  /**
   * w[I, O] from values of 16 (IEEE half), 8 or 4 bits (two's complement) one after another in int32 `packed`, lowest
   * first; those of rows g·group … times scales[g, O], where there are any.
   */
  HoneUnpack: Signature<
    { packed: T; scales?: T | undefined },
    { rows: number; columns: number; bits: PackedBits; group: number },
    [T]
  >;
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
/** The score of a key that is not seen; e^-1e9 is 0 in f32. */
export const MASKED = -1e9;
/** The label of a row that does not count, as PyTorch's `ignore_index`. */
export const IGNORED = -100;
/** The tanh form of GELU is x·σ(TANH_SCALE·(x + TANH_CUBE·x³)). */
export const TANH_SCALE = 2 * Math.sqrt(2 / Math.PI);
export const TANH_CUBE = 0.044715;

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
