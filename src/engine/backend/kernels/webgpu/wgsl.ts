/** Shared pieces of WGSL. */
import { type Activation, TANH_CUBE, TANH_SCALE } from '../contract';

/**
 * Φ(x) by Abramowitz & Stegun 7.1.26 (|error of erf| < 1.5e-7), as TensorFlow.js's own erf; the exponent is clamped,
 * since overflow of exp is undefined in WGSL.
 */
export const GELU = /* wgsl */ `
fn cumulative(x: f32) -> f32 {
  let z = abs(x) * 0.7071067811865476;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let p = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  let tail = 0.5 * p * exp(-min(z * z, 80.0));
  return select(tail, 1.0 - tail, x >= 0.0);
}
/** (GELU, its slope) */
fn gelu(x: f32) -> vec2<f32> {
  let share = cumulative(x);
  return vec2<f32>(x * share, share + x * 0.3989422804014327 * exp(-min(0.5 * x * x, 80.0)));
}
`;

const SIGMOID = 'fn sigmoid(z: f32) -> f32 { return 1.0 / (1.0 + exp(clamp(-z, -80.0, 80.0))); }';

/** Every activation as `activate`: (value, slope). */
export const ACTIVATE: Readonly<Record<Activation, string>> = {
  gelu: `${GELU} fn activate(x: f32) -> vec2<f32> { return gelu(x); }`,
  geluTanh: /* wgsl */ `
${SIGMOID}
fn activate(x: f32) -> vec2<f32> {
  let share = sigmoid(${TANH_SCALE} * x * (1.0 + ${TANH_CUBE} * x * x));
  let inner = ${TANH_SCALE} * (1.0 + ${3 * TANH_CUBE} * x * x);
  return vec2<f32>(x * share, share + x * share * (1.0 - share) * inner);
}
`,
  silu: /* wgsl */ `
${SIGMOID}
fn activate(x: f32) -> vec2<f32> {
  let share = sigmoid(x);
  return vec2<f32>(x * share, share + x * share * (1.0 - share));
}
`,
  relu: 'fn activate(x: f32) -> vec2<f32> { return vec2<f32>(max(x, 0.0), f32(x > 0.0)); }',
};

/** `dropoutHash.ts` in WGSL; `seed` is the pass's tensor, `u.salt`, `u.threshold` and `u.kept` come from `dropUniforms`. */
export const KEEP = /* wgsl */ `
fn mix_bits(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}
fn drop_key() -> u32 { return mix_bits(bitcast<u32>(seed) ^ (u.salt * 0x9e3779b9u)); }
fn keep(index: u32, key: u32) -> f32 {
  return select(0.0, u.kept, (mix_bits(index ^ key) >> 8u) >= u.threshold);
}
`;

/**
 * Sum over a workgroup that every thread learns: each adds all partial sums itself, in one order, which costs one
 * barrier where a tree costs many. The caller leaves a barrier between two uses.
 */
export const sumOver = (size: number, type: string): string => /* wgsl */ `
var<workgroup> partial: array<${type}, ${size}>;
fn sum_over(value: ${type}, lane: u32) -> ${type} {
  workgroupBarrier();
  partial[lane] = value;
  workgroupBarrier();
  var total = partial[0];
  for (var i = 1u; i < ${size}u; i++) { total += partial[i]; }
  return total;
}
`;
