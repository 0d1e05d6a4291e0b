/**
 * Matrix products in the manner of Goto & van de Geijn (2008): operands packed into panels that are read in order,
 * a block of A that stays in the second-level cache, a panel of B that stays in the first, and a 6 × 8 kernel whose
 * twelve sums, two values of B and one of A fill the fifteen vector registers that browsers leave on x86-64.
 * Strides are in bytes.
 */
import { F, fma, geluBoth, geluSome, loadSome, storeSome, V } from './simd';

export const MR: i32 = 6;
export const NR: i32 = 8;
/** Depth of a block: a panel of B takes 8 KiB, half of a first-level cache at most. */
export const KC: i32 = 256;
const A_STEP: usize = 24;
const B_STEP: usize = 32;

// @ts-ignore: decorator
@inline
export function roundUp(value: i32, to: i32): i32 {
  return ((value + to - 1) / to) * to;
}

/**
 * C[6, 8] (+)= A panel · B panel over k ≥ 1 steps. Not unrolled further: V8 then keeps the sums in registers no longer
 * (measured on Zen 4: 54 GFLOP/s a core as it stands, 41 and 46 unrolled by two and four).
 */
function micro(k: i32, a: usize, b: usize, c: usize, ldc: usize, add: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  let c50 = f32x4.splat(0);
  let c51 = f32x4.splat(0);
  let b0: v128;
  let b1: v128;
  let x: v128;
  for (; k > 0; k--) {
    b0 = v128.load(b, 0);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a, 0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a, 8);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a, 12);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    x = v128.load32_splat(a, 16);
    c40 = fma(x, b0, c40);
    c41 = fma(x, b1, c41);
    x = v128.load32_splat(a, 20);
    c50 = fma(x, b0, c50);
    c51 = fma(x, b1, c51);
    a += A_STEP;
    b += B_STEP;
  }
  if (add) {
    v128.store(c, f32x4.add(v128.load(c), c00));
    v128.store(c, f32x4.add(v128.load(c, 16), c01), 16);
    c += ldc;
    v128.store(c, f32x4.add(v128.load(c), c10));
    v128.store(c, f32x4.add(v128.load(c, 16), c11), 16);
    c += ldc;
    v128.store(c, f32x4.add(v128.load(c), c20));
    v128.store(c, f32x4.add(v128.load(c, 16), c21), 16);
    c += ldc;
    v128.store(c, f32x4.add(v128.load(c), c30));
    v128.store(c, f32x4.add(v128.load(c, 16), c31), 16);
    c += ldc;
    v128.store(c, f32x4.add(v128.load(c), c40));
    v128.store(c, f32x4.add(v128.load(c, 16), c41), 16);
    c += ldc;
    v128.store(c, f32x4.add(v128.load(c), c50));
    v128.store(c, f32x4.add(v128.load(c, 16), c51), 16);
    c += ldc;
  } else {
    v128.store(c, c00);
    v128.store(c, c01, 16);
    c += ldc;
    v128.store(c, c10);
    v128.store(c, c11, 16);
    c += ldc;
    v128.store(c, c20);
    v128.store(c, c21, 16);
    c += ldc;
    v128.store(c, c30);
    v128.store(c, c31, 16);
    c += ldc;
    v128.store(c, c40);
    v128.store(c, c41, 16);
    c += ldc;
    v128.store(c, c50);
    v128.store(c, c51, 16);
    c += ldc;
  }
}

/** Panels of six rows: out[panel][k][6], zeros below the last row. `rs` and `cs` step one row and one column. */
export function packA(a: usize, rs: usize, cs: usize, m: i32, k: i32, out: usize): void {
  for (let row = 0; row < m; row += MR) {
    const from = a + <usize>row * rs;
    const to = out + <usize>row * <usize>k * F;
    const rows = min(MR, m - row);
    if (rows < MR) packSome(from, rs, cs, rows, MR, k, to);
    else if (cs == F) packRows6(from, rs, k, to);
    else if (rs == F) {
      let source = from;
      let target = to;
      for (let n = 0; n < k; n++) {
        v128.store(target, v128.load(source));
        store<u64>(target, load<u64>(source, V), V);
        source += cs;
        target += A_STEP;
      }
    } else packSome(from, rs, cs, rows, MR, k, to);
  }
}

/** Panels of eight columns: out[panel][k][8], zeros right of the last column; columns `first` … `last` - 1. */
export function packB(b: usize, rs: usize, cs: usize, k: i32, first: i32, last: i32, out: usize): void {
  for (let column = first; column < last; column += NR) {
    const from = b + <usize>column * cs;
    const to = out + <usize>column * <usize>k * F;
    const columns = min(NR, last - column);
    if (columns < NR) packSome(from, cs, rs, columns, NR, k, to);
    else if (cs == F) {
      let source = from;
      let target = to;
      for (let n = 0; n < k; n++) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, V), V);
        source += rs;
        target += B_STEP;
      }
    } else if (rs == F) packRows8(from, cs, k, to);
    else packSome(from, cs, rs, columns, NR, k, to);
  }
}

/** `count` ≤ `width` lines, `line` apart, values `step` apart, interleaved with zeros for the missing lines. */
function packSome(from: usize, line: usize, step: usize, count: i32, width: i32, k: i32, to: usize): void {
  for (let n = 0; n < k; n++) {
    for (let i = 0; i < width; i++) {
      store<f32>(to, i < count ? load<f32>(from + <usize>i * line + <usize>n * step) : 0);
      to += F;
    }
  }
}

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

/** Six contiguous rows, interleaved four columns at a time. */
function packRows6(from: usize, line: usize, k: i32, to: usize): void {
  const p1 = from + line;
  const p2 = p1 + line;
  const p3 = p2 + line;
  const p4 = p3 + line;
  const p5 = p4 + line;
  let at: usize = 0;
  for (let n = k >> 2; n > 0; n--) {
    const r0 = v128.load(from + at);
    const r1 = v128.load(p1 + at);
    const r2 = v128.load(p2 + at);
    const r3 = v128.load(p3 + at);
    const r4 = v128.load(p4 + at);
    const r5 = v128.load(p5 + at);
    const a = low(r0, r1);
    const b = high(r0, r1);
    const c = low(r2, r3);
    const d = high(r2, r3);
    const e = low(r4, r5);
    const f = high(r4, r5);
    v128.store(to, v128.shuffle<f64>(a, c, 0, 2));
    v128.store64_lane(to, e, 0, 16);
    v128.store(to, v128.shuffle<f64>(a, c, 1, 3), 24);
    v128.store64_lane(to, e, 1, 40);
    v128.store(to, v128.shuffle<f64>(b, d, 0, 2), 48);
    v128.store64_lane(to, f, 0, 64);
    v128.store(to, v128.shuffle<f64>(b, d, 1, 3), 72);
    v128.store64_lane(to, f, 1, 88);
    at += V;
    to += 4 * A_STEP;
  }
  packSome(from + at, line, F, MR, MR, k & 3, to);
}

/** Eight contiguous rows, interleaved four columns at a time. */
function packRows8(from: usize, line: usize, k: i32, to: usize): void {
  let at = from;
  for (let n = k >> 2; n > 0; n--) {
    packHalf(at, line, to);
    packHalf(at + 4 * line, line, to + V);
    at += V;
    to += 4 * B_STEP;
  }
  packSome(at, line, F, NR, NR, k & 3, to);
}

// @ts-ignore: decorator
@inline
function packHalf(from: usize, line: usize, to: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + line);
  const r2 = v128.load(from + 2 * line);
  const r3 = v128.load(from + 3 * line);
  const a = low(r0, r1);
  const b = high(r0, r1);
  const c = low(r2, r3);
  const d = high(r2, r3);
  v128.store(to, v128.shuffle<f64>(a, c, 0, 2));
  v128.store(to, v128.shuffle<f64>(a, c, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(b, d, 0, 2), 64);
  v128.store(to, v128.shuffle<f64>(b, d, 1, 3), 96);
}

/**
 * C[m, columns first … last) (+)= packed A · packed B over kc steps from depth kb of k; `add` adds to what is there. `tile` holds 6 × 8 floats
 * for the edges.
 */
export function multiply(
  ap: usize,
  bp: usize,
  c: usize,
  ldc: usize,
  m: i32,
  first: i32,
  last: i32,
  k: i32,
  kb: i32,
  kc: i32,
  tile: usize,
  add: bool,
): void {
  for (let column = first; column < last; column += NR) {
    const columns = min(NR, last - column);
    const b = bp + (<usize>column * <usize>k + <usize>kb * NR) * F;
    for (let row = 0; row < m; row += MR) {
      const rows = min(MR, m - row);
      const a = ap + <usize>row * <usize>kc * F;
      const at = c + <usize>row * ldc + <usize>column * F;
      if (rows == MR && columns == NR) micro(kc, a, b, at, ldc, add);
      else {
        micro(kc, a, b, tile, B_STEP, false);
        copyTile(tile, at, ldc, rows, columns, add);
      }
    }
  }
}

function copyTile(tile: usize, c: usize, ldc: usize, rows: i32, columns: i32, add: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = load<f32>(tile + <usize>(i * NR + j) * F);
      const at = c + <usize>i * ldc + <usize>j * F;
      store<f32>(at, add ? load<f32>(at) + value : value);
    }
  }
}

/** Bytes of scratch that `multiplySmall` uses. */
export function smallScratch(m: i32, n: i32, k: i32): usize {
  return <usize>(roundUp(m, MR) * k + roundUp(n, NR) * k + MR * NR) * F;
}

/** C[m, n] (+)= A · B by one thread, for the small products inside attention. */
export function multiplySmall(
  a: usize,
  rsa: usize,
  csa: usize,
  b: usize,
  rsb: usize,
  csb: usize,
  c: usize,
  ldc: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
  add: bool,
): void {
  const ap = scratch + <usize>(MR * NR) * F;
  const bp = ap + <usize>(roundUp(m, MR) * k) * F;
  packA(a, rsa, csa, m, k, ap);
  packB(b, rsb, csb, k, 0, n, bp);
  multiply(ap, bp, c, ldc, m, 0, n, k, 0, k, scratch, add);
}

/** z = α·z + bias + residual over a row of n values; with `y`, y = GELU(z) and z its slope. */
export function finishRow(z: usize, n: i32, alpha: f32, bias: usize, residual: usize, y: usize): void {
  const scale = f32x4.splat(alpha);
  let at: usize = 0;
  let left = n;
  for (; left >= 4; left -= 4) {
    let x = f32x4.mul(v128.load(z + at), scale);
    if (bias) x = f32x4.add(x, v128.load(bias + at));
    if (residual) x = f32x4.add(x, v128.load(residual + at));
    if (y) geluBoth(x, y + at, z + at);
    else v128.store(z + at, x);
    at += V;
  }
  if (left == 0) return;
  let x = f32x4.mul(loadSome(z + at, left), scale);
  if (bias) x = f32x4.add(x, loadSome(bias + at, left));
  if (residual) x = f32x4.add(x, loadSome(residual + at, left));
  if (y) geluSome(x, y + at, z + at, left);
  else storeSome(z + at, x, left);
}
