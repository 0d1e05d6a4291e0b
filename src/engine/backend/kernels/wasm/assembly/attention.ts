/**
 * Attention of one head over one text, a block of queries at a time. The weights of a block live in scratch while
 * they are needed and are computed again for the gradient from the logarithm of their sum. Keys that no query of a
 * block sees are not looked at.
 */
import { multiplySmall, NR, roundUp, smallScratch } from './matmul';
import { exp4, F, fma, keep4, sumLanes } from './simd';

// @ts-ignore: decorator
@external('env', 'log')
declare function log(x: f64): f64;

/** The numbers of a job, as they lie in the control block behind its addresses. */
@unmanaged
export class Shape {
  /** Queries and keys a text. */
  length: i32;
  keys: i32;
  /** Of queries, and of keys and values. */
  heads: i32;
  kvHeads: i32;
  /** Values a head. */
  size: i32;
  /** Position of the first query among the keys. */
  offset: i32;
  /** Keys seen before and after a query's own position. */
  before: i32;
  after: i32;
  /** Queries a block. */
  block: i32;
  key: i32;
  /** 0 = no dropout. */
  threshold: i32;
}

// @ts-ignore: decorator
@inline
function firstKey(shape: Shape, query: i32): i32 {
  return max(0, shape.offset + query - shape.before);
}

/** One past the last key that a query sees, of the first `keys`. */
// @ts-ignore: decorator
@inline
function endKey(shape: Shape, query: i32, keys: i32): i32 {
  return min(keys, shape.offset + query + shape.after + 1);
}

/** Keys up to the last unmasked one. */
function keysOf(mask: usize, keys: i32): i32 {
  for (let j = keys; j > 0; j--) if (load<f32>(mask + <usize>(j - 1) * F) != 0) return j;
  return 0;
}

/** A block may begin at any key, and its rows are filled up to whole panels. */
function penaltyCount(keys: i32): i32 {
  return roundUp(keys, NR) + NR;
}

/** Floats of scratch before what products need: the mask as scores, and two blocks of weights. */
function ownScratch(block: i32, keys: i32): i32 {
  return 2 * block * roundUp(keys, NR) + penaltyCount(keys);
}

export function attentionScratch(block: i32, keys: i32, size: i32): usize {
  const products = max(
    max(smallScratch(block, keys, size), smallScratch(block, size, keys)),
    smallScratch(keys, size, block),
  );
  return <usize>ownScratch(block, keys) * F + products;
}

/** 0 for a key that is there, -Infinity for one that is not: added to its scores. */
function penalties(mask: usize, keys: i32, count: i32, to: usize): void {
  for (let j = 0; j < count; j++) {
    const open = j < keys && load<f32>(mask + <usize>j * F) != 0;
    store<f32>(to + <usize>j * F, open ? <f32>0 : -Infinity);
  }
}

/** s·scale of keys first … end of a row that holds `wide`, -Infinity for those not seen; returns the largest. */
function scaleRow(row: usize, penalty: usize, first: i32, end: i32, wide: i32, scale: f32): f32 {
  for (let j = 0; j < min(first, wide); j++) store<f32>(row + <usize>j * F, -Infinity);
  for (let j = max(end, 0); j < wide; j++) store<f32>(row + <usize>j * F, -Infinity);
  const factor = f32x4.splat(scale);
  let top = f32x4.splat(-Infinity);
  for (let j = 0; j < wide; j += 4) {
    const at = <usize>j * F;
    const s = fma(v128.load(row + at), factor, v128.load(penalty + at));
    v128.store(row + at, s);
    top = f32x4.max(top, s);
  }
  return max(
    max(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1)),
    max(f32x4.extract_lane(top, 2), f32x4.extract_lane(top, 3)),
  );
}

/** e^(s - shift) in place; returns the sum. */
function raiseRow(row: usize, wide: i32, shift: f32): f32 {
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

/** to = from ∘ keep, for the weights of one query; `index` is that of its first key. */
function dropRow(from: usize, to: usize, wide: i32, index: i32, key: i32, threshold: i32, kept: f32): void {
  for (let j = 0; j < wide; j += 4) {
    const at = <usize>j * F;
    v128.store(to + at, f32x4.mul(v128.load(from + at), keep4(index + j, key, threshold, kept)));
  }
}

function clearRows(at: usize, rows: i32, stride: usize, size: i32): void {
  for (let i = 0; i < rows; i++) memory.fill(at + <usize>i * stride, 0, <usize>size * F);
}

/** Addresses are those of the head's first query and first key; `index` is the element index of the two. */
export function attendHead(
  q: usize,
  k: usize,
  v: usize,
  mask: usize,
  out: usize,
  lse: usize,
  shape: Shape,
  scale: f32,
  index: i32,
  kept: f32,
  scratch: usize,
): void {
  const size = shape.size;
  const stride = <usize>(shape.heads * size) * F;
  const kvStride = <usize>(shape.kvHeads * size) * F;
  const keys = keysOf(mask, shape.keys);
  const weights = scratch + <usize>penaltyCount(shape.keys) * F;
  const rest = scratch + <usize>ownScratch(shape.block, shape.keys) * F;
  penalties(mask, keys, penaltyCount(shape.keys), scratch);
  for (let query = 0; query < shape.length; query += shape.block) {
    const rows = min(shape.block, shape.length - query);
    const first = firstKey(shape, query);
    const count = endKey(shape, query + rows - 1, keys) - first;
    const answers = out + <usize>query * stride;
    if (count <= 0) {
      clearRows(answers, rows, stride, size);
      memory.fill(lse + <usize>query * F, 0, <usize>rows * F);
      continue;
    }
    const wide = roundUp(count, NR);
    const line = <usize>wide * F;
    const keyAt = k + <usize>first * kvStride;
    multiplySmall(q + <usize>query * stride, stride, F, keyAt, F, kvStride, weights, line, rows, count, size, rest, false);
    for (let i = 0; i < rows; i++) {
      const row = weights + <usize>i * line;
      const own = firstKey(shape, query + i);
      const end = endKey(shape, query + i, keys);
      const top = scaleRow(row, scratch + <usize>first * F, own - first, end - first, wide, scale);
      const sum = raiseRow(row, wide, top == -Infinity ? 0 : top);
      store<f32>(lse + <usize>(query + i) * F, sum == 0 ? 0 : <f32>(<f64>top + log(<f64>sum)));
      if (sum == 0) continue;
      multiplyRow(row, wide, 1 / sum);
      if (shape.threshold > 0)
        dropRow(row, row, wide, index + (query + i) * shape.keys + first, shape.key, shape.threshold, kept);
    }
    multiplySmall(weights, line, F, v + <usize>first * kvStride, kvStride, F, answers, stride, rows, size, count, rest, false);
  }
}

/** Adds to dk and dv, which the caller has cleared unless this is all that is added (`alone`). */
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
  shape: Shape,
  scale: f32,
  index: i32,
  kept: f32,
  scratch: usize,
  alone: bool,
): void {
  const size = shape.size;
  const threshold = shape.threshold;
  const stride = <usize>(shape.heads * size) * F;
  const kvStride = <usize>(shape.kvHeads * size) * F;
  const keys = keysOf(mask, shape.keys);
  const weights = scratch + <usize>penaltyCount(shape.keys) * F;
  const other = weights + <usize>(shape.block * roundUp(shape.keys, NR)) * F;
  const rest = scratch + <usize>ownScratch(shape.block, shape.keys) * F;
  penalties(mask, keys, penaltyCount(shape.keys), scratch);
  for (let query = 0; query < shape.length; query += shape.block) {
    const rows = min(shape.block, shape.length - query);
    const first = firstKey(shape, query);
    const count = endKey(shape, query + rows - 1, keys) - first;
    const at = <usize>query * stride;
    const keyAt = <usize>first * kvStride;
    if (count <= 0) {
      clearRows(dq + at, rows, stride, size);
      continue;
    }
    const wide = roundUp(count, NR);
    const line = <usize>wide * F;
    const place = index + query * shape.keys + first;
    multiplySmall(q + at, stride, F, k + keyAt, F, kvStride, weights, line, rows, count, size, rest, false);
    for (let i = 0; i < rows; i++) {
      const row = weights + <usize>i * line;
      const own = firstKey(shape, query + i);
      const end = endKey(shape, query + i, keys);
      scaleRow(row, scratch + <usize>first * F, own - first, end - first, wide, scale);
      raiseRow(row, wide, load<f32>(lse + <usize>(query + i) * F));
      if (threshold > 0)
        dropRow(row, other + <usize>i * line, wide, place + i * shape.keys, shape.key, threshold, kept);
    }
    const used = threshold > 0 ? other : weights;
    multiplySmall(used, F, line, dout + at, stride, F, dv + keyAt, kvStride, count, size, rows, rest, !alone);
    multiplySmall(dout + at, stride, F, v + keyAt, F, kvStride, other, line, rows, count, size, rest, false);
    for (let i = 0; i < rows; i++) {
      scoreGrad(
        weights + <usize>i * line,
        other + <usize>i * line,
        count,
        wide,
        rowProduct(dout + at + <usize>i * stride, out + at + <usize>i * stride, size),
        scale,
        place + i * shape.keys,
        shape.key,
        threshold,
        kept,
      );
    }
    multiplySmall(other, line, F, k + keyAt, kvStride, F, dq + at, stride, rows, size, count, rest, false);
    multiplySmall(other, F, line, q + at, stride, F, dk + keyAt, kvStride, count, size, rows, rest, !alone);
  }
  if (!alone) return;
  clearRows(dk + <usize>keys * kvStride, shape.keys - keys, kvStride, size);
  clearRows(dv + <usize>keys * kvStride, shape.keys - keys, kvStride, size);
}

/** All that is added to the dk and dv of one head of keys and values: those of its query heads, one by one. */
export function attendGroupGrad(
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
  shape: Shape,
  scale: f32,
  index: i32,
  kept: f32,
  scratch: usize,
): void {
  const group = shape.heads / shape.kvHeads;
  const alone = group == 1 && shape.block >= shape.length && endKey(shape, 0, shape.keys) == shape.keys && firstKey(shape, shape.length - 1) == 0;
  if (!alone) {
    const stride = <usize>(shape.kvHeads * shape.size) * F;
    clearRows(dk, shape.keys, stride, shape.size);
    clearRows(dv, shape.keys, stride, shape.size);
  }
  for (let i = 0; i < group; i++) {
    const at = <usize>(i * shape.size) * F;
    attendHeadGrad(
      dout + at,
      q + at,
      k,
      v,
      out + at,
      lse + <usize>(i * shape.length) * F,
      mask,
      dq + at,
      dk,
      dv,
      shape,
      scale,
      index + i * shape.length * shape.keys,
      kept,
      scratch,
      alone,
    );
  }
}

/** ds = p ∘ (dp ∘ keep - Σ dout·out)·scale, in place of dp. */
function scoreGrad(
  p: usize,
  dp: usize,
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
