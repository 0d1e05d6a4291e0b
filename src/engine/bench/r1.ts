/**
 * The reference step R1: a pre-layer-norm encoder classifier under full tuning, small enough for any machine and
 * shaped like the real thing. What every engine under test starts from: shape, weights, one batch. The numbers come
 * from an integer hash, so that TypeScript and Python (bench/torch_r1.py) make the same ones without a file.
 */

export interface R1Shape {
  layers: number;
  width: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
  classes: number;
  /** Texts a batch. */
  rows: number;
  /** Tokens a text. */
  length: number;
}

/** 5,265,924 parameters; 9.7 GFLOP a step in its weights, 9.9 with the products of attention. */
export const R1: R1Shape = {
  layers: 4,
  width: 256,
  heads: 4,
  feedForward: 1024,
  vocabulary: 8192,
  classes: 4,
  rows: 16,
  length: 32,
};

/** Every engine moves the weights by these. */
export const R1_SETTINGS = { learningRate: 1e-4, weightDecay: 0.01, clipNorm: 1, normEpsilon: 1e-5 };

export interface R1Weight {
  name: string;
  shape: readonly number[];
  /** Weight decay touches matrices only. */
  matrix: boolean;
  /** Values are uniform in ±spread around `centre`. */
  spread: number;
  centre: number;
}

/** In the order that numbers them; linear weights are [in, out]. */
export function r1Weights(shape: R1Shape): R1Weight[] {
  const { width, feedForward } = shape;
  const weights: R1Weight[] = [];
  const table = (name: string, rows: number): void => {
    weights.push({ name, shape: [rows, width], matrix: true, spread: 1, centre: 0 });
  };
  const linear = (name: string, inputs: number, outputs: number, gain = 1): void => {
    const spread = gain * Math.sqrt(3 / inputs);
    weights.push({ name: `${name}.w`, shape: [inputs, outputs], matrix: true, spread, centre: 0 });
    weights.push({ name: `${name}.b`, shape: [outputs], matrix: false, spread: 0.1, centre: 0 });
  };
  const norm = (name: string): void => {
    weights.push({ name: `${name}.g`, shape: [width], matrix: false, spread: 0.1, centre: 1 });
    weights.push({ name: `${name}.b`, shape: [width], matrix: false, spread: 0.1, centre: 0 });
  };
  table('words', shape.vocabulary);
  table('positions', shape.length);
  for (let i = 0; i < shape.layers; i++) {
    norm(`${i}.norm1`);
    for (const part of ['q', 'k', 'v', 'o']) linear(`${i}.${part}`, width, width);
    norm(`${i}.norm2`);
    linear(`${i}.up`, width, feedForward);
    linear(`${i}.down`, feedForward, width);
  }
  norm('norm');
  // Logits well apart, so that the first loss tells a wrong model from a right one.
  linear('head', width, shape.classes, 8);
  return weights;
}

/** Murmur3's finaliser: 32 well-mixed bits of an integer. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Keeps the streams of weights and batch apart. */
const STRIDE = 0x9e3779b9;

export function r1Values(weight: R1Weight, index: number): Float32Array {
  const count = weight.shape.reduce((a, b) => a * b, 1);
  const offset = Math.imul(index + 1, STRIDE);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    values[i] = weight.centre + ((mix(i + offset) / 0x100000000) * 2 - 1) * weight.spread;
  }
  return values;
}

export interface R1Batch {
  /** [B·T] */
  ids: Int32Array;
  /** [B, T], 1 for a token and 0 for padding. */
  mask: Float32Array;
  /** [B] */
  labels: Int32Array;
}

/** Three texts of four fill the length; the fourth ends an eighth early, so that masks count. */
export function r1Batch({ rows, length, vocabulary, classes }: R1Shape): R1Batch {
  const ids = Int32Array.from({ length: rows * length }, (_, i) => mix(i) % vocabulary);
  const mask = Float32Array.from({ length: rows * length }, (_, i) => {
    const short = Math.floor(i / length) % 4 === 3;
    return i % length < (short ? length - Math.ceil(length / 8) : length) ? 1 : 0;
  });
  return { ids, mask, labels: Int32Array.from({ length: rows }, (_, row) => row % classes) };
}

export function r1Parameters(shape: R1Shape): number {
  return r1Weights(shape).reduce((sum, weight) => sum + weight.shape.reduce((a, b) => a * b, 1), 0);
}

export interface MatMulShape {
  /** op(a)[M, K] · op(b)[K, N], `batch` times. */
  m: number;
  k: number;
  n: number;
  transposeA: boolean;
  transposeB: boolean;
  batch: number;
  /** How often a step multiplies this. */
  count: number;
}

/** Every product of one training step of an encoder whose every weight moves, attention included. */
export function stepMatMuls(shape: Omit<R1Shape, 'vocabulary' | 'classes'>): MatMulShape[] {
  const { layers, width, heads, feedForward, rows, length } = shape;
  const tokens = rows * length;
  const linear = (inputs: number, outputs: number, count: number): MatMulShape[] => {
    const shared = { batch: 1, count: count * layers };
    return [
      { m: tokens, k: inputs, n: outputs, transposeA: false, transposeB: false, ...shared },
      { m: tokens, k: outputs, n: inputs, transposeA: false, transposeB: true, ...shared },
      { m: inputs, k: tokens, n: outputs, transposeA: true, transposeB: false, ...shared },
    ];
  };
  const each = { batch: rows * heads, m: length };
  const size = width / heads;
  return [
    ...linear(width, width, 4),
    ...linear(width, feedForward, 1),
    ...linear(feedForward, width, 1),
    // q·kᵀ and dout·vᵀ; p·v and ds·k; pᵀ·dout and dsᵀ·q.
    { ...each, k: size, n: length, transposeA: false, transposeB: true, count: 2 * layers },
    { ...each, k: length, n: size, transposeA: false, transposeB: false, count: 2 * layers },
    { ...each, k: length, n: size, transposeA: true, transposeB: false, count: 2 * layers },
  ];
}

export function matMulFlop({ m, k, n, batch }: MatMulShape): number {
  return 2 * m * k * n * batch;
}

/** Multiplications and additions of a step's products, which are all but a few per cent of it. */
export function stepFlop(shape: Omit<R1Shape, 'vocabulary' | 'classes'>): number {
  return stepMatMuls(shape).reduce((sum, product) => sum + matMulFlop(product) * product.count, 0);
}

/** An engine's R1, ready to step. */
export interface R1Trainer {
  /** One optimizer step; resolves with the loss before it, read back. */
  step(): Promise<number>;
  dispose(): void;
}
