/** Weights kept in 16, 8 or 4 bits, back to floats: see `HoneUnpack` in contract.ts. */
import { F, V } from './simd';

/** Half-precision bits to floats: the exponent's bias is made up for by a product, which also holds for tiny values. */
// @ts-ignore: decorator
@inline
function halves4(bits: v128): v128 {
  const magnitude = i32x4.shl(v128.and(bits, i32x4.splat(0x7fff)), 13);
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  return v128.or(f32x4.mul(magnitude, f32x4.splat(reinterpret<f32>(0x77800000))), sign);
}

/** Four values from the n-th on; n is even for nibbles. */
// @ts-ignore: decorator
@inline
function load4(packed: usize, n: usize, bits: i32): v128 {
  if (bits == 16) return halves4(i32x4.extend_low_i16x8_u(v128.load64_zero(packed + 2 * n)));
  if (bits == 8) {
    const bytes = v128.load32_zero(packed + n);
    return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes)));
  }
  // Each nibble to the top of its lane, then down again with its sign.
  const lanes = i32x4.mul(i32x4.splat(load<u16>(packed + (n >> 1))), i32x4(1 << 28, 1 << 24, 1 << 20, 1 << 16));
  return f32x4.convert_i32x4_s(i32x4.shr_s(lanes, 28));
}

function loadOne(packed: usize, n: usize, bits: i32): f32 {
  if (bits == 16) return f32x4.extract_lane(halves4(i32x4.splat(load<u16>(packed + 2 * n))), 0);
  if (bits == 8) return <f32>load<i8>(packed + n);
  const pair = <i32>load<u8>(packed + (n >> 1));
  return <f32>((pair << (n & 1 ? 24 : 28)) >> 28);
}

/** One row of `count` values from the n-th on, times the scales of its group where there are any. */
export function unpackRow(packed: usize, n: usize, scales: usize, out: usize, count: i32, bits: i32): void {
  let at: usize = 0;
  let left = count;
  // A row that begins in the middle of a byte goes one by one.
  for (; left >= 4 && (bits > 4 || (n & 1) == 0); left -= 4) {
    const x = load4(packed, n, bits);
    v128.store(out + at, scales ? f32x4.mul(x, v128.load(scales + at)) : x);
    at += V;
    n += 4;
  }
  for (; left > 0; left--) {
    const x = loadOne(packed, n++, bits);
    store<f32>(out + at, scales ? x * load<f32>(scales + at) : x);
    at += F;
  }
}
