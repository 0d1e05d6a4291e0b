/** Activations of four values at a time: GELU exact and by tanh, SiLU, ReLU, each with its slope. */
import { bell4, exp4, fma, geluBoth, geluSome, normalCdf4, storeSome } from './simd';

/** As numbered in ACTIVATIONS of contract.ts. */
const GELU = 0;
const GELU_TANH = 1;
const SILU = 2;

/** The tanh form of GELU is x·σ(z) with z = TANH_SCALE·(x + TANH_CUBE·x³), as in contract.ts. */
const TANH_SCALE: f32 = 1.5957691216057308;
const TANH_CUBE: f32 = 0.044715;

// @ts-ignore: decorator
@inline
function sigmoid4(z: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(z))));
}

// @ts-ignore: decorator
@inline
function tanhShare4(x: v128, squares: v128): v128 {
  const cubed = fma(squares, f32x4.splat(TANH_CUBE), f32x4.splat(1));
  return sigmoid4(f32x4.mul(f32x4.mul(x, cubed), f32x4.splat(TANH_SCALE)));
}

/** s + x·s·(1 - s)·z′ */
// @ts-ignore: decorator
@inline
function shareSlope4(x: v128, share: v128, inner: v128): v128 {
  const rest = f32x4.mul(share, f32x4.sub(f32x4.splat(1), share));
  return fma(f32x4.mul(x, rest), inner, share);
}

// @ts-ignore: decorator
@inline
export function activate4(activation: i32, x: v128): v128 {
  if (activation == GELU) return f32x4.mul(x, normalCdf4(x, bell4(x)));
  if (activation == GELU_TANH) return f32x4.mul(x, tanhShare4(x, f32x4.mul(x, x)));
  if (activation == SILU) return f32x4.mul(x, sigmoid4(x));
  return f32x4.max(x, f32x4.splat(0));
}

// @ts-ignore: decorator
@inline
export function activateBoth(activation: i32, x: v128, y: usize, slope: usize): void {
  if (activation == GELU) geluBoth(x, y, slope);
  else {
    v128.store(y, activate4(activation, x));
    v128.store(slope, slope4(activation, x));
  }
}

/** Of all but GELU, whose slope comes with its value. */
// @ts-ignore: decorator
@inline
function slope4(activation: i32, x: v128): v128 {
  if (activation == GELU_TANH) {
    const squares = f32x4.mul(x, x);
    const inner = fma(squares, f32x4.splat(3 * TANH_CUBE * TANH_SCALE), f32x4.splat(TANH_SCALE));
    return shareSlope4(x, tanhShare4(x, squares), inner);
  }
  if (activation == SILU) return shareSlope4(x, sigmoid4(x), f32x4.splat(1));
  return v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
}

/** The same as `activateBoth` for the first one to three values. */
export function activateSome(activation: i32, x: v128, y: usize, slope: usize, count: i32): void {
  if (activation == GELU) return geluSome(x, y, slope, count);
  storeSome(y, activate4(activation, x), count);
  storeSome(slope, slope4(activation, x), count);
}
