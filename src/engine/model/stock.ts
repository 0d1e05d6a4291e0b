/**
 * A family's classifier as the stock model of transformers writes it, logit for logit, in plain values: what exports
 * are made of. Names are whole: `bert.encoder.layer.0.attention.self.query.weight`.
 */
import type { Pooling } from '../core/modelShape';

/** A weight that no training makes. */
export interface FixedWeight {
  name: string;
  shape: readonly number[];
  values(): Float32Array;
}

export interface StockForm {
  /** `BertForSequenceClassification` */
  architecture: string;
  /** Before the name of every weight of the encoder: `bert.` */
  prefix: string;
  /** Values of config.json that differ from the base's. */
  config: Readonly<Record<string, unknown>>;
  /** Layers, the appended one included. */
  layers: number;
  /** What the stock model has beyond the base's weights and the classifier's. */
  fixed: readonly FixedWeight[];
  classifier: {
    /** Module of the classifier's weight [K, D] and, where it has one, bias [K]. */
    module: string;
    /** What the stock model adds to every feature, which the bias takes off again: b - shift·Σ_D w. */
    shift: number;
  };
  /** Modules that peft saves whole with an adapter: the classifier's, and any whose name ends like one of them. */
  saved: readonly string[];
  /**
   * Whether it reads learned word vectors before a text: a decoder's finds a text's last token by ids alone, which
   * such a text has none of.
   */
  takesPrompt: boolean;
  /** Whether it attends to a prefix of keys and values. */
  takesPrefix: boolean;
}

/** A power of two keeps c * mean exact; from 2^26 on x0 is lost in float32's rounding (reference/README.md). */
const POOL_GAIN = 2 ** 26;

export interface AppendedLayer {
  /** Its weights by whole name. */
  weights: readonly { name: string; shape: readonly number[] }[];
  /** Modules of the attention's values and output, and the layer norm that ends the layer. */
  value: string;
  output: string;
  lastNorm: string;
  epsilon: number;
}

/**
 * One more post-norm encoder layer that makes token 0 carry LN(pooled): queries and keys are 0, so attention is
 * uniform over the unmasked tokens; values are the identity, so its result is their mean; the output projection is c
 * times the identity, so that in LN(c * mean + x0) the residual x0 vanishes; the feed-forward part is 0, and LN of a
 * normalised vector changes nothing but by its epsilon, which its weight makes up for. For CLS pooling c is 0 and
 * LN(x0) remains. Proof against PyTorch: reference/pooling_as_layer.py, reference/golden_families.py.
 */
export function poolingLayer(pooling: Pooling, layer: AppendedLayer): FixedWeight[] {
  const gain = pooling === 'mean' ? POOL_GAIN : 0;
  const length = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
  return layer.weights.map(({ name, shape }) => ({
    name,
    shape,
    values() {
      if (name === `${layer.value}.weight`) return scaledIdentity(shape[0] as number, 1);
      if (name === `${layer.output}.weight`) return scaledIdentity(shape[0] as number, gain);
      const values = new Float32Array(length(shape));
      if (name === `${layer.lastNorm}.weight`) return values.fill(Math.sqrt(1 + layer.epsilon));
      return shape.length === 1 && name.endsWith('.weight') ? values.fill(1) : values;
    },
  }));
}

/** A linear module y = factor·x + shift. */
export function scaledIdentityModule(
  module: string,
  width: number,
  factor: number,
  shift = 0,
): FixedWeight[] {
  return [
    { name: `${module}.weight`, shape: [width, width], values: () => scaledIdentity(width, factor) },
    { name: `${module}.bias`, shape: [width], values: () => new Float32Array(width).fill(shift) },
  ];
}

/** factor·I [width, width]. */
export function scaledIdentity(width: number, factor: number): Float32Array {
  const matrix = new Float32Array(width * width);
  for (let i = 0; i < width; i++) matrix[i * (width + 1)] = factor;
  return matrix;
}
