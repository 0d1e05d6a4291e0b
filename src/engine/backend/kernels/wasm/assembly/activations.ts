/** Activations of four values at a time, each as x·s with a share s of its own, and their slopes. */
import { bell4, exp4, fma, geluBoth, geluSome, normalCdf4, storeSome } from './simd';

/** As numbered in ACTIVATIONS of contract.ts. */
const GELU = 0;
const GELU_TANH = 1;
const SILU = 2;

/** The tanh form of GELU is x·σ(TANH_SCALE·(x + TANH_CUBE·x³)), as in contract.ts. */
const TANH_SCALE: f32 = 1.5957691216057308;
const TANH_CUBE: f32 = 0.044715;

// @ts-ignore: decorator
@inline
function sigmoid4(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(z))));
}

/** s of each: Φ(x), σ(z) or, for ReLU, whether x is above 0. */
// @ts-ignore: decorator
@inline
function share4(activation: i32, x: v128): v128 {
  if (activation == GELU) return normalCdf4(x, bell4(x));
  if (activation == SILU) return sigmoid4(x);
  if (activation == GELU_TANH) {
    const cubed = fma(f32x4.mul(x, x), f32x4.splat(TANH_CUBE), f32x4.splat(1));
    return sigmoid4(f32x4.mul(f32x4.mul(x, cubed), f32x4.splat(TANH_SCALE)));
  }
  return v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
}

/** s + x·s·(1 - s)·z′ for s = σ(z), s for ReLU; GELU's slope comes with its value (`geluBoth`). */
// @ts-ignore: decorator
@inline
function slope4(activation: i32, x: v128, share: v128): v128 {
  const bend = f32x4.mul(f32x4.mul(x, share), f32x4.sub(f32x4.splat(1), share));
  if (activation == SILU) return f32x4.add(share, bend);
  if (activation == GELU_TANH) {
    const inner = fma(f32x4.mul(x, x), f32x4.splat(3 * TANH_CUBE * TANH_SCALE), f32x4.splat(TANH_SCALE));
    return fma(bend, inner, share);
  }
  return share;
}

// @ts-ignore: decorator
@inline
export function activate4(activation: i32, x: v128): v128 {
  return f32x4.mul(x, share4(activation, x));
}

/** Stores an activation of x and its slope. */
// @ts-ignore: decorator
@inline
export function activateBoth(activation: i32, x: v128, y: usize, slope: usize): void {
  if (activation == GELU) {
    geluBoth(x, y, slope);
    return;
  }
  const share = share4(activation, x);
  v128.store(y, f32x4.mul(x, share));
  v128.store(slope, slope4(activation, x, share));
}

/** The same for the first one to three values. */
export function activateSome(activation: i32, x: v128, y: usize, slope: usize, count: i32): void {
  if (activation == GELU) {
    geluSome(x, y, slope, count);
    return;
  }
  const share = share4(activation, x);
  storeSome(y, f32x4.mul(x, share), count);
  storeSome(slope, slope4(activation, x, share), count);
}
