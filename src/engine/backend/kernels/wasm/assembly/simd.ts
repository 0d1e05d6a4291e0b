/** Four floats at a time: multiply-add, sums, exp, GELU, and the dropout hash. */

/** One value of a row of floats. */
export const F: usize = 4;
/** Four of them. */
export const V: usize = 16;

/** a·b + c: one rounding where the browser has relaxed SIMD, two where not. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * e^x to 2e-7 relative: x = n·ln 2 + r, a minimax polynomial for e^r on |r| < 0.347 (fitted by least squares with
 * iterated weights), and n into the exponent. Below -87 it gives 0, above 88 it stays at e^88.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.4426950408889634)));
  let r = fma(n, f32x4.splat(-0.693359375), clamped);
  r = fma(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(0.0013814559941623475);
  p = fma(p, r, f32x4.splat(0.008368735591625605));
  p = fma(p, r, f32x4.splat(0.041668389858627544));
  p = fma(p, r, f32x4.splat(0.16666520477431024));
  p = fma(p, r, f32x4.splat(0.49999993437417695));
  p = fma(p, f32x4.mul(r, r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  const y = f32x4.mul(p, power);
  return v128.andnot(y, f32x4.lt(x, f32x4.splat(-87.3)));
}

/**
 * Φ(x), the normal distribution function, to 3e-7 relative also far in the tail: half of erfc(|x|/√2), written as
 * e^(-x²/2) times a polynomial in t = 1/(1 + 0.375·|x|/√2), in the form of Abramowitz & Stegun 7.1.26 with eight
 * terms fitted here instead of four. `bell` is e^(-x²/2).
 */
// @ts-ignore: decorator
@inline
export function normalCdf4(x: v128, bell: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, fma(f32x4.abs(x), f32x4.splat(0.2651650429449553), one));
  let p = f32x4.splat(0.06169661607839366);
  p = fma(p, t, f32x4.splat(-0.28807538577682906));
  p = fma(p, t, f32x4.splat(0.4338937901476542));
  p = fma(p, t, f32x4.splat(-0.2310764383996879));
  p = fma(p, t, f32x4.splat(0.2748441360917283));
  p = fma(p, t, f32x4.splat(0.12103895230427926));
  p = fma(p, t, f32x4.splat(0.2054304267715733));
  p = fma(p, t, f32x4.splat(0.2106334986986087));
  p = fma(p, t, f32x4.splat(0.21161441539924378));
  const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), bell), f32x4.splat(0.5));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
export function bell4(x: v128): v128 {
  return exp4(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/** Φ(x) + x·φ(x), the slope of x·Φ(x), from the parts that both have in common. */
// @ts-ignore: decorator
@inline
function slope4(x: v128, bell: v128, share: v128): v128 {
  return fma(f32x4.mul(x, bell), f32x4.splat(0.3989422804014327), share);
}

/** Stores GELU of x and its slope. */
// @ts-ignore: decorator
@inline
export function geluBoth(x: v128, y: usize, slope: usize): void {
  const bell = bell4(x);
  const share = normalCdf4(x, bell);
  v128.store(y, f32x4.mul(x, share));
  v128.store(slope, slope4(x, bell, share));
}

/** The same for the first one to three values. */
export function geluSome(x: v128, y: usize, slope: usize, count: i32): void {
  const bell = bell4(x);
  const share = normalCdf4(x, bell);
  storeSome(y, f32x4.mul(x, share), count);
  storeSome(slope, slope4(x, bell, share), count);
}

/** Wellons' lowbias32, as in dropoutHash.ts. */
// @ts-ignore: decorator
@inline
function mix4(value: v128): v128 {
  let x = v128.xor(value, i32x4.shr_u(value, 16));
  x = i32x4.mul(x, i32x4.splat(0x7feb352d));
  x = v128.xor(x, i32x4.shr_u(x, 15));
  x = i32x4.mul(x, i32x4.splat(<i32>0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/** `kept` or 0 for the elements index … index + 3. */
// @ts-ignore: decorator
@inline
export function keep4(index: i32, key: i32, threshold: i32, kept: f32): v128 {
  const at = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  const drawn = i32x4.shr_u(mix4(v128.xor(at, i32x4.splat(key))), 8);
  return v128.and(i32x4.ge_s(drawn, i32x4.splat(threshold)), f32x4.splat(kept));
}

/** Loads up to three floats; the rest is 0. */
// @ts-ignore: decorator
@inline
export function loadSome(at: usize, count: i32): v128 {
  let x = f32x4.splat(0);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(at));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

/** Stores the first one to three floats. */
// @ts-ignore: decorator
@inline
export function storeSome(at: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(at, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}
