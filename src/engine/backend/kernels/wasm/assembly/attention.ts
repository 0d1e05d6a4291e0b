/**
 * Attention of one head over one text. The T·T weights live in scratch while they are needed and are computed again
 * for the gradient from the logarithm of their sum. Keys after the last unmasked one are not looked at.
 */
import { multiplySmall, NR, roundUp, smallScratch } from './matmul';
import { exp4, F, fma, keep4, sumLanes } from './simd';

// @ts-ignore: decorator
@external('env', 'log')
declare function log(x: f64): f64;

const MASKED: f32 = -1e9;


/** Keys up to the last unmasked one; all of them when none is: such a text attends evenly. */
function keysOf(mask: usize, length: i32): i32 {
  for (let j = length; j > 0; j--) if (load<f32>(mask + <usize>(j - 1) * F) != 0) return j;
  return 0;
}

export function attentionScratch(length: i32, size: i32): usize {
  const wide = roundUp(length, NR);
  const products = max(smallScratch(length, length, size), smallScratch(length, size, length));
  return 2 * <usize>(length * wide) * F + products;
}

/** s·scale, or MASKED where the mask is 0. */
function scaleRow(row: usize, mask: usize, keys: i32, scale: f32): void {
  for (let j = 0; j < keys; j++) {
    const at = row + <usize>j * F;
    store<f32>(at, load<f32>(mask + <usize>j * F) != 0 ? load<f32>(at) * scale : MASKED);
  }
}

/** e^(s - shift) times `times` in place, zeros up to `wide`; returns the sum of e^(s - shift). */
function raiseRow(row: usize, keys: i32, wide: i32, shift: f32): f32 {
  for (let j = keys; j < wide; j++) store<f32>(row + <usize>j * F, -Infinity);
  let sum = f32x4.splat(0);
  const by = f32x4.splat(shift);
  for (let j = 0; j < wide; j += 4) {
    const at = row + <usize>j * F;
    const y = exp4(f32x4.sub(v128.load(at), by));
    v128.store(at, y);
    sum = f32x4.add(sum, y);
  }
  return sumLanes(sum);
}

function multiplyRow(row: usize, wide: i32, by: f32): void {
  const factor = f32x4.splat(by);
  for (let j = 0; j < wide; j += 4) {
    const at = row + <usize>j * F;
    v128.store(at, f32x4.mul(v128.load(at), factor));
  }
}

function topOf(row: usize, keys: i32): f32 {
  let top = load<f32>(row);
  for (let j = 1; j < keys; j++) top = max(top, load<f32>(row + <usize>j * F));
  return top;
}

/** to = from ∘ keep, for the weights of one query; `index` is that of its first key. */
function dropRow(from: usize, to: usize, wide: i32, index: i32, key: i32, threshold: i32, kept: f32): void {
  for (let j = 0; j < wide; j += 4) {
    const at = <usize>j * F;
    v128.store(to + at, f32x4.mul(v128.load(from + at), keep4(index + j, key, threshold, kept)));
  }
}

/** `index` is the element index of (text, head, query 0, key 0); threshold 0 = no dropout. */
export function attendHead(
  q: usize,
  k: usize,
  v: usize,
  mask: usize,
  out: usize,
  lse: usize,
  length: i32,
  size: i32,
  stride: usize,
  scale: f32,
  index: i32,
  key: i32,
  threshold: i32,
  kept: f32,
  scratch: usize,
): void {
  const some = keysOf(mask, length);
  const keys = some == 0 ? length : some;
  const wide = roundUp(keys, NR);
  const line = <usize>wide * F;
  const weights = scratch;
  const rest = scratch + 2 * <usize>(length * roundUp(length, NR)) * F;
  multiplySmall(q, stride, F, k, F, stride, weights, line, length, keys, size, rest);
  for (let i = 0; i < length; i++) {
    const row = weights + <usize>i * line;
    scaleRow(row, mask, keys, scale);
    const top = topOf(row, keys);
    const sum = raiseRow(row, keys, wide, top);
    store<f32>(lse + <usize>i * F, <f32>(<f64>top + log(<f64>sum)));
    multiplyRow(row, wide, 1 / sum);
    if (threshold > 0) dropRow(row, row, wide, index + i * length, key, threshold, kept);
  }
  multiplySmall(weights, line, F, v, stride, F, out, stride, length, size, keys, rest);
}

export function attendHeadGrad(
  dout: usize,
  q: usize,
  k: usize,
  v: usize,
  out: usize,
  lse: usize,
  mask: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  length: i32,
  size: i32,
  stride: usize,
  scale: f32,
  index: i32,
  key: i32,
  threshold: i32,
  kept: f32,
  scratch: usize,
): void {
  const some = keysOf(mask, length);
  const keys = some == 0 ? length : some;
  const wide = roundUp(keys, NR);
  const line = <usize>wide * F;
  const weights = scratch;
  const other = scratch + <usize>(length * roundUp(length, NR)) * F;
  const rest = other + <usize>(length * roundUp(length, NR)) * F;
  multiplySmall(q, stride, F, k, F, stride, weights, line, length, keys, size, rest);
  for (let i = 0; i < length; i++) {
    const row = weights + <usize>i * line;
    scaleRow(row, mask, keys, scale);
    const sum = raiseRow(row, keys, wide, some == 0 ? MASKED : load<f32>(lse + <usize>i * F));
    // In f32 the logarithm of a sum of e^-1e9 is -1e9 whatever the number of keys.
    if (some == 0) multiplyRow(row, wide, 1 / sum);
    if (threshold > 0)
      dropRow(row, other + <usize>i * line, wide, index + i * length, key, threshold, kept);
  }
  multiplySmall(threshold > 0 ? other : weights, F, line, dout, stride, F, dv, stride, keys, size, length, rest);
  multiplySmall(dout, stride, F, v, F, stride, other, line, length, keys, size, rest);
  for (let i = 0; i < length; i++) {
    scoreGrad(
      weights + <usize>i * line,
      other + <usize>i * line,
      mask,
      keys,
      wide,
      rowProduct(dout + <usize>i * stride, out + <usize>i * stride, size),
      scale,
      index + i * length,
      key,
      threshold,
      kept,
    );
  }
  multiplySmall(other, line, F, k, stride, F, dq, stride, length, size, keys, rest);
  multiplySmall(other, F, line, q, stride, F, dk, stride, keys, size, length, rest);
  for (let j = keys; j < length; j++) {
    memory.fill(dk + <usize>j * stride, 0, <usize>size * F);
    memory.fill(dv + <usize>j * stride, 0, <usize>size * F);
  }
}

/** ds = p ∘ (dp ∘ keep - Σ dout·out)·scale, 0 where masked, in place of dp. */
function scoreGrad(
  p: usize,
  dp: usize,
  mask: usize,
  keys: i32,
  wide: i32,
  along: f32,
  scale: f32,
  index: i32,
  key: i32,
  threshold: i32,
  kept: f32,
): void {
  for (let j = keys; j < wide; j++) store<f32>(dp + <usize>j * F, 0);
  const mean = f32x4.splat(along);
  const factor = f32x4.splat(scale);
  for (let j = 0; j < wide; j += 4) {
    const at = <usize>j * F;
    let g = v128.load(dp + at);
    if (threshold > 0) g = f32x4.mul(g, keep4(index + j, key, threshold, kept));
    v128.store(dp + at, f32x4.mul(f32x4.mul(v128.load(p + at), f32x4.sub(g, mean)), factor));
  }
  for (let j = 0; j < keys; j++) {
    if (load<f32>(mask + <usize>j * F) == 0) store<f32>(dp + <usize>j * F, 0);
  }
}

function rowProduct(a: usize, b: usize, size: i32): f32 {
  let sum = f32x4.splat(0);
  let c = 0;
  for (; c + 4 <= size; c += 4) {
    const at = <usize>c * F;
    sum = fma(v128.load(a + at), v128.load(b + at), sum);
  }
  let total = sumLanes(sum);
  for (; c < size; c++) total += load<f32>(a + <usize>c * F) * load<f32>(b + <usize>c * F);
  return total;
}
