/** Kernels that go row by row or value by value: norms, losses, embeddings, dropout, pooling, the optimizer. */
import { activate4, activateBoth, activateSome } from './activations';
import { exp4, F, fma, keep4, loadSome, storeSome, sumLanes, V } from './simd';

// @ts-ignore: decorator
@external('env', 'log')
declare function log(x: f64): f64;

/** One row of layer norm: sum = x + residual, y = γ·(sum-μ)/σ + β, stats = (μ, 1/σ). */
export function normRow(
  x: usize,
  residual: usize,
  gamma: usize,
  beta: usize,
  y: usize,
  sum: usize,
  stats: usize,
  width: i32,
  epsilon: f32,
): void {
  const whole = width & ~3;
  let total = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    const at = <usize>i * F;
    let s = v128.load(x + at);
    if (residual) s = f32x4.add(s, v128.load(residual + at));
    v128.store(sum + at, s);
    total = f32x4.add(total, s);
  }
  let mean = sumLanes(total);
  for (let i = whole; i < width; i++) {
    const at = <usize>i * F;
    const s = load<f32>(x + at) + (residual ? load<f32>(residual + at) : 0);
    store<f32>(sum + at, s);
    mean += s;
  }
  mean /= <f32>width;
  const shift = f32x4.splat(mean);
  let squares = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    const d = f32x4.sub(v128.load(sum + <usize>i * F), shift);
    squares = fma(d, d, squares);
  }
  let variance = sumLanes(squares);
  for (let i = whole; i < width; i++) {
    const d = load<f32>(sum + <usize>i * F) - mean;
    variance += d * d;
  }
  const inverse: f32 = 1 / sqrt<f32>(variance / <f32>width + epsilon);
  store<f32>(stats, mean);
  store<f32>(stats, inverse, F);
  const scale = f32x4.splat(inverse);
  for (let i = 0; i < whole; i += 4) {
    const at = <usize>i * F;
    const normal = f32x4.mul(f32x4.sub(v128.load(sum + at), shift), scale);
    v128.store(y + at, f32x4.add(f32x4.mul(normal, v128.load(gamma + at)), v128.load(beta + at)));
  }
  for (let i = whole; i < width; i++) {
    const at = <usize>i * F;
    store<f32>(
      y + at,
      (load<f32>(sum + at) - mean) * inverse * load<f32>(gamma + at) + load<f32>(beta + at),
    );
  }
}

/** ds of one row: (g - mean(g) - x̂·mean(g·x̂))/σ for g = dy·γ. */
export function normRowGrad(dy: usize, sum: usize, gamma: usize, stats: usize, ds: usize, width: i32): void {
  const mean = load<f32>(stats);
  const inverse = load<f32>(stats, F);
  const shift = f32x4.splat(mean);
  const scale = f32x4.splat(inverse);
  const whole = width & ~3;
  const left = width - whole;
  const tail = <usize>whole * F;
  let g4 = f32x4.splat(0);
  let along4 = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    const at = <usize>i * F;
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const normal = f32x4.mul(f32x4.sub(v128.load(sum + at), shift), scale);
    g4 = f32x4.add(g4, g);
    along4 = fma(g, normal, along4);
  }
  if (left) {
    const g = f32x4.mul(loadSome(dy + tail, left), loadSome(gamma + tail, left));
    const normal = f32x4.mul(f32x4.sub(loadSome(sum + tail, left), shift), scale);
    g4 = f32x4.add(g4, g);
    along4 = fma(g, normal, along4);
  }
  const gMean = f32x4.splat(sumLanes(g4) / <f32>width);
  const along = f32x4.splat(sumLanes(along4) / <f32>width);
  for (let i = 0; i < whole; i += 4) {
    const at = <usize>i * F;
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const normal = f32x4.mul(f32x4.sub(v128.load(sum + at), shift), scale);
    v128.store(ds + at, f32x4.mul(f32x4.sub(f32x4.sub(g, gMean), f32x4.mul(normal, along)), scale));
  }
  if (left) {
    const g = f32x4.mul(loadSome(dy + tail, left), loadSome(gamma + tail, left));
    const normal = f32x4.mul(f32x4.sub(loadSome(sum + tail, left), shift), scale);
    storeSome(
      ds + tail,
      f32x4.mul(f32x4.sub(f32x4.sub(g, gMean), f32x4.mul(normal, along)), scale),
      left,
    );
  }
}

/** dγ and dβ for columns first … last, over all rows in order. */
export function normColumnsGrad(
  dy: usize,
  sum: usize,
  stats: usize,
  dgamma: usize,
  dbeta: usize,
  rows: i32,
  width: i32,
  first: i32,
  last: i32,
): void {
  for (let column = first; column < last; column += 4) {
    const count = min(4, last - column);
    let g4 = f32x4.splat(0);
    let b4 = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      const at = <usize>(row * width + column) * F;
      const d = count == 4 ? v128.load(dy + at) : loadSome(dy + at, count);
      const s = count == 4 ? v128.load(sum + at) : loadSome(sum + at, count);
      const pair = stats + <usize>row * 8;
      const normal = f32x4.mul(
        f32x4.sub(s, v128.load32_splat(pair)),
        v128.load32_splat(pair, F),
      );
      g4 = fma(d, normal, g4);
      b4 = f32x4.add(b4, d);
    }
    const to = <usize>column * F;
    if (count == 4) {
      v128.store(dgamma + to, g4);
      v128.store(dbeta + to, b4);
    } else {
      storeSome(dgamma + to, g4, count);
      storeSome(dbeta + to, b4, count);
    }
  }
}

/** One stretch of RMS norm: sum = x + residual, y = γ·sum/ρ; returns 1/ρ. */
export function rmsRow(
  x: usize,
  residual: usize,
  gamma: usize,
  y: usize,
  sum: usize,
  width: i32,
  epsilon: f32,
): f32 {
  addRows(x, residual, 0, sum, width);
  const inverse: f32 = 1 / sqrt<f32>(<f32>(sumOfSquares(sum, width) / <f64>width) + epsilon);
  const scale = f32x4.splat(inverse);
  let at: usize = 0;
  let n = width;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, f32x4.mul(f32x4.mul(v128.load(sum + at), scale), v128.load(gamma + at)));
    at += V;
  }
  if (n) storeSome(y + at, f32x4.mul(f32x4.mul(loadSome(sum + at, n), scale), loadSome(gamma + at, n)), n);
  return inverse;
}

/** ds of one stretch: (g - x̂·mean(g·x̂))/ρ for g = dy·γ and x̂ = sum/ρ. */
export function rmsRowGrad(dy: usize, sum: usize, gamma: usize, inverse: f32, ds: usize, width: i32): void {
  const scale = f32x4.splat(inverse);
  let along4 = f32x4.splat(0);
  let at: usize = 0;
  let n = width;
  for (; n >= 4; n -= 4) {
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    along4 = fma(g, f32x4.mul(v128.load(sum + at), scale), along4);
    at += V;
  }
  if (n) {
    const g = f32x4.mul(loadSome(dy + at, n), loadSome(gamma + at, n));
    along4 = fma(g, f32x4.mul(loadSome(sum + at, n), scale), along4);
  }
  const along = f32x4.splat(sumLanes(along4) / <f32>width);
  at = 0;
  for (n = width; n >= 4; n -= 4) {
    const g = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    const normal = f32x4.mul(v128.load(sum + at), scale);
    v128.store(ds + at, f32x4.mul(f32x4.sub(g, f32x4.mul(normal, along)), scale));
    at += V;
  }
  if (n == 0) return;
  const g = f32x4.mul(loadSome(dy + at, n), loadSome(gamma + at, n));
  const normal = f32x4.mul(loadSome(sum + at, n), scale);
  storeSome(ds + at, f32x4.mul(f32x4.sub(g, f32x4.mul(normal, along)), scale), n);
}

/** dγ for columns first … last, over all stretches in order. */
export function rmsColumnsGrad(
  dy: usize,
  sum: usize,
  inverse: usize,
  dgamma: usize,
  rows: i32,
  width: i32,
  first: i32,
  last: i32,
): void {
  for (let column = first; column < last; column += 4) {
    const count = min(4, last - column);
    let total = f32x4.splat(0);
    for (let row = 0; row < rows; row++) {
      const at = <usize>(row * width + column) * F;
      const d = count == 4 ? v128.load(dy + at) : loadSome(dy + at, count);
      const s = count == 4 ? v128.load(sum + at) : loadSome(sum + at, count);
      total = fma(d, f32x4.mul(s, v128.load32_splat(inverse + <usize>row * F)), total);
    }
    const to = dgamma + <usize>column * F;
    if (count == 4) v128.store(to, total);
    else storeSome(to, total, count);
  }
}

/** One head turned by its position: y₁ = x₁·cos - x₂·sin, y₂ = x₂·cos + x₁·sin; `turn` -1 turns back. */
export function rotateHead(x: usize, cos: usize, sin: usize, y: usize, half: i32, turn: f32): void {
  const second = <usize>half * F;
  const sign = f32x4.splat(turn);
  let at: usize = 0;
  let n = half;
  for (; n >= 4; n -= 4) {
    const x1 = v128.load(x + at);
    const x2 = v128.load(x + at + second);
    const c = v128.load(cos + at);
    const s = f32x4.mul(v128.load(sin + at), sign);
    v128.store(y + at, f32x4.sub(f32x4.mul(x1, c), f32x4.mul(x2, s)));
    v128.store(y + at + second, f32x4.add(f32x4.mul(x2, c), f32x4.mul(x1, s)));
    at += V;
  }
  for (; n > 0; n--) {
    const x1 = load<f32>(x + at);
    const x2 = load<f32>(x + at + second);
    const c = load<f32>(cos + at);
    const s = load<f32>(sin + at) * turn;
    store<f32>(y + at, x1 * c - x2 * s);
    store<f32>(y + at + second, x2 * c + x1 * s);
    at += F;
  }
}

/** Σ over rows of x[rows, width] for columns first … last, in row order. */
export function columnSums(x: usize, out: usize, rows: i32, width: i32, first: i32, last: i32): void {
  for (let column = first; column < last; column += 4) {
    const count = min(4, last - column);
    let sum = f32x4.splat(0);
    let at = x + <usize>column * F;
    const step = <usize>width * F;
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, count == 4 ? v128.load(at) : loadSome(at, count));
      at += step;
    }
    const to = out + <usize>column * F;
    if (count == 4) v128.store(to, sum);
    else storeSome(to, sum, count);
  }
}

/** y = f(x) and its slope over n values. */
export function activateValues(activation: i32, x: usize, y: usize, slope: usize, n: i32): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    activateBoth(activation, v128.load(x + at), y + at, slope + at);
    at += V;
  }
  if (n) activateSome(activation, loadSome(x + at, n), y + at, slope + at, n);
}

/** y = f(gate) ∘ up over n values. */
export function gateValues(activation: i32, gate: usize, up: usize, y: usize, n: i32): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, f32x4.mul(activate4(activation, v128.load(gate + at)), v128.load(up + at)));
    at += V;
  }
  if (n) storeSome(y + at, f32x4.mul(activate4(activation, loadSome(gate + at, n)), loadSome(up + at, n)), n);
}

/** dgate = dy ∘ up ∘ f′(gate) and dup = dy ∘ f(gate) over n values. */
export function gateValuesGrad(
  activation: i32,
  dy: usize,
  gate: usize,
  up: usize,
  dgate: usize,
  dup: usize,
  n: i32,
): void {
  // The value and the slope lie for a moment where the gradients will.
  activateValues(activation, gate, dup, dgate, n);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    const g = v128.load(dy + at);
    v128.store(dup + at, f32x4.mul(g, v128.load(dup + at)));
    v128.store(dgate + at, f32x4.mul(f32x4.mul(g, v128.load(up + at)), v128.load(dgate + at)));
    at += V;
  }
  if (n == 0) return;
  const g = loadSome(dy + at, n);
  storeSome(dup + at, f32x4.mul(g, loadSome(dup + at, n)), n);
  storeSome(dgate + at, f32x4.mul(f32x4.mul(g, loadSome(up + at, n)), loadSome(dgate + at, n)), n);
}

/** y = a ∘ b over n values. */
export function multiplyValues(a: usize, b: usize, y: usize, n: i32): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
    at += V;
  }
  if (n) storeSome(y + at, f32x4.mul(loadSome(a + at, n), loadSome(b + at, n)), n);
}

/** y = x ∘ keep over n values, the first of which has this index. */
export function dropValues(
  x: usize,
  y: usize,
  n: i32,
  index: i32,
  key: i32,
  threshold: i32,
  kept: f32,
): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, f32x4.mul(v128.load(x + at), keep4(index, key, threshold, kept)));
    at += V;
    index += 4;
  }
  if (n) storeSome(y + at, f32x4.mul(loadSome(x + at, n), keep4(index, key, threshold, kept)), n);
}

/** log Σ exp of one row of logits into `lse`; returns what is missing from it at `label`: the loss. */
export function crossEntropyRow(logits: usize, label: i32, classes: i32, lse: usize): f32 {
  const whole = classes & ~3;
  let top4 = f32x4.splat(-Infinity);
  for (let i = 0; i < whole; i += 4) top4 = f32x4.max(top4, v128.load(logits + <usize>i * F));
  let top = max(
    max(f32x4.extract_lane(top4, 0), f32x4.extract_lane(top4, 1)),
    max(f32x4.extract_lane(top4, 2), f32x4.extract_lane(top4, 3)),
  );
  for (let i = whole; i < classes; i++) top = max(top, load<f32>(logits + <usize>i * F));
  const shift = f32x4.splat(top);
  let sum4 = f32x4.splat(0);
  for (let i = 0; i < whole; i += 4) {
    sum4 = f32x4.add(sum4, exp4(f32x4.sub(v128.load(logits + <usize>i * F), shift)));
  }
  let sum = sumLanes(sum4);
  const left = exp4(f32x4.sub(loadSome(logits + <usize>whole * F, classes - whole), shift));
  if (classes - whole > 0) sum += f32x4.extract_lane(left, 0);
  if (classes - whole > 1) sum += f32x4.extract_lane(left, 1);
  if (classes - whole > 2) sum += f32x4.extract_lane(left, 2);
  const all = <f64>top + log(<f64>sum);
  store<f32>(lse, <f32>all);
  if (<u32>label >= <u32>classes) return NaN;
  return <f32>(all - <f64>load<f32>(logits + <usize>label * F));
}

/** share·(softmax - onehot) of one row. */
export function crossEntropyRowGrad(logits: usize, label: i32, out: usize, classes: i32, lse: f32, share: f32): void {
  const shift = f32x4.splat(lse);
  const factor = f32x4.splat(share);
  let at: usize = 0;
  let n = classes;
  for (; n >= 4; n -= 4) {
    v128.store(out + at, f32x4.mul(exp4(f32x4.sub(v128.load(logits + at), shift)), factor));
    at += V;
  }
  if (n) storeSome(out + at, f32x4.mul(exp4(f32x4.sub(loadSome(logits + at, n), shift)), factor), n);
  if (<u32>label >= <u32>classes) return;
  const hit = out + <usize>label * F;
  store<f32>(hit, load<f32>(hit) - share);
}

/** y = a + b + c over n values; b and c may be missing. */
export function addRows(a: usize, b: usize, c: usize, y: usize, n: i32): void {
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    let x = v128.load(a + at);
    if (b) x = f32x4.add(x, v128.load(b + at));
    if (c) x = f32x4.add(x, v128.load(c + at));
    v128.store(y + at, x);
    at += V;
  }
  if (n == 0) return;
  let x = loadSome(a + at, n);
  if (b) x = f32x4.add(x, loadSome(b + at, n));
  if (c) x = f32x4.add(x, loadSome(c + at, n));
  storeSome(y + at, x, n);
}

/** y += x·by over n values. */
export function addScaled(y: usize, x: usize, by: f32, n: i32): void {
  const factor = f32x4.splat(by);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, fma(v128.load(x + at), factor, v128.load(y + at)));
    at += V;
  }
  if (n) storeSome(y + at, fma(loadSome(x + at, n), factor, loadSome(y + at, n)), n);
}

/** y = x·by over n values. */
export function scaled(x: usize, y: usize, by: f32, n: i32): void {
  const factor = f32x4.splat(by);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    v128.store(y + at, f32x4.mul(v128.load(x + at), factor));
    at += V;
  }
  if (n) storeSome(y + at, f32x4.mul(loadSome(x + at, n), factor), n);
}

/** Σ x² over n values, in four lanes that are summed in double precision. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let at: usize = 0;
  for (; n >= 4; n -= 4) {
    const v = v128.load(x + at);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
    at += V;
  }
  const both = f64x2.add(low, high);
  let total = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; n > 0; n--) {
    const value = <f64>load<f32>(x + at);
    total += value * value;
    at += F;
  }
  return total;
}

/** AdamW over n values in place: see `HoneAdamW`. */
export function adamValues(
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  n: i32,
  factor: f32,
  rate: f32,
  decay: f32,
  correction1: f32,
  correction2: f32,
): void {
  const clip = f32x4.splat(factor);
  const keep = f32x4.splat(1 - rate * decay);
  const step = f32x4.splat(rate / correction1);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const at = <usize>i * F;
    const gradient = f32x4.mul(v128.load(g + at), clip);
    const first = adamFirst(v128.load(m + at), gradient);
    const second = adamSecond(v128.load(v + at), gradient);
    v128.store(m + at, first);
    v128.store(v + at, second);
    v128.store(w + at, adamMove(v128.load(w + at), first, second, keep, step, correction2));
  }
  const left = n - whole;
  if (left == 0) return;
  const at = <usize>whole * F;
  const gradient = f32x4.mul(loadSome(g + at, left), clip);
  const first = adamFirst(loadSome(m + at, left), gradient);
  const second = adamSecond(loadSome(v + at, left), gradient);
  storeSome(m + at, first, left);
  storeSome(v + at, second, left);
  storeSome(w + at, adamMove(loadSome(w + at, left), first, second, keep, step, correction2), left);
}

// @ts-ignore: decorator
@inline
function adamFirst(m: v128, g: v128): v128 {
  return f32x4.add(f32x4.mul(m, f32x4.splat(0.9)), f32x4.mul(g, f32x4.splat(<f32>(1 - 0.9))));
}

// @ts-ignore: decorator
@inline
function adamSecond(v: v128, g: v128): v128 {
  return f32x4.add(
    f32x4.mul(v, f32x4.splat(0.999)),
    f32x4.mul(f32x4.mul(g, g), f32x4.splat(<f32>(1 - 0.999))),
  );
}

// @ts-ignore: decorator
@inline
function adamMove(w: v128, first: v128, second: v128, keep: v128, step: v128, correction2: f32): v128 {
  const spread = f32x4.add(
    f32x4.sqrt(f32x4.div(second, f32x4.splat(correction2))),
    f32x4.splat(1e-8),
  );
  return f32x4.sub(f32x4.mul(w, keep), f32x4.mul(f32x4.div(first, spread), step));
}
