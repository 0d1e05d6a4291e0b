/**
 * The module's door. JavaScript writes a job's arguments into a control block on TensorFlow.js's heap and calls
 * `dispatch`; the chunks of a job write to places of their own, so any number of threads gives the same bits.
 *
 * Control block: words of 4 bytes.
 */
import { attendGroupGrad, attendHead, attentionScratch, Shape } from './attention';
import { finishRow, KC, MR, multiply, NR, packA, packB } from './matmul';
import {
  activateValues,
  adamValues,
  addRows,
  addScaled,
  columnSums,
  crossEntropyRow,
  crossEntropyRowGrad,
  dropValues,
  gateValues,
  gateValuesGrad,
  multiplyValues,
  normColumnsGrad,
  normRow,
  normRowGrad,
  rmsColumnsGrad,
  rmsRow,
  rmsRowGrad,
  rotateHead,
  scaled,
  sumOfSquares,
} from './rows';
import { unpackRow } from './packed';
import { F } from './simd';

/** Counted up when a job is there. */
const GENERATION: usize = 0;
/** Chunks finished. */
const DONE: usize = 4;
/** Chunk count in the upper, next chunk in the lower 24 bits: one read tells both, and of the same job. */
const TICKET: usize = 8;
const JOB: usize = 16;
const THREADS: usize = 20;
/** Word 24 counts helper threads that failed: nativeModule.ts writes it. */
const SCRATCH: usize = 28;
const SCRATCH_BYTES: usize = 32;
/** 32 whole numbers, then 16 floats. */
const INTS: usize = 64;
const FLOATS: usize = 192;

const INDEX_MASK: i64 = 0xff_ffff;
/**
 * Polls before a thread sleeps, about a millisecond: waking it takes longer than the pauses within a step. R1 took
 * 140 ms with 8,000 polls, 131 with these.
 */
const PATIENCE: i32 = 200_000;
/** Polls of one wait for helpers: about a millisecond. */
const POLLS: i32 = 200_000;

/** Numbered as in nativeModule.ts, which checks that it knows as many. */
export const JOB_COUNT: i32 = 27;
const PACK_B = 0;
const MATMUL = 1;
const COLUMN_SUM = 2;
const ACTIVATE = 3;
const TIMES = 4;
const NORM = 5;
const NORM_GRAD = 6;
const NORM_COLUMNS_GRAD = 7;
const ATTEND = 8;
const ATTEND_GRAD = 9;
const CROSS_ENTROPY = 10;
const EMBED = 11;
const FILL = 12;
const SCATTER_ADD = 13;
const DROPOUT = 14;
const MEAN = 15;
const MEAN_GRAD = 16;
const SQUARES = 17;
const ADAM = 18;
const GATE = 19;
const GATE_GRAD = 20;
const RMS = 21;
const RMS_GRAD = 22;
const RMS_COLUMNS_GRAD = 23;
const ROTATE = 24;
const CROSS_ENTROPY_GRAD = 25;
const UNPACK = 26;

// @ts-ignore: decorator
@inline
function int(control: usize, at: usize): i32 {
  return load<i32>(control + INTS + at * 4);
}

// @ts-ignore: decorator
@inline
function pointer(control: usize, at: usize): usize {
  return <usize>load<u32>(control + INTS + at * 4);
}

// @ts-ignore: decorator
@inline
function float(control: usize, at: usize): f32 {
  return load<f32>(control + FLOATS + at * 4);
}

/** Bytes of scratch one thread needs for attention of `block` queries at a time. */
export function attentionBytes(block: i32, keys: i32, size: i32): usize {
  return attentionScratch(block, keys, size);
}

/** Bytes of scratch one thread needs for a block of `rows` rows of a product. */
export function matmulBytes(rows: i32): usize {
  return <usize>(((rows + MR - 1) / MR) * MR * KC + MR * NR) * F;
}

/**
 * Runs a job of `chunks` chunks, with the help of the serving threads. False when helpers still work on theirs: then
 * `settle` until it says true.
 */
export function dispatch(control: usize, job: i32, chunks: i32): bool {
  if (!ASC_FEATURE_THREADS || chunks == 1 || load<i32>(control, THREADS) == 1) {
    for (let i = 0; i < chunks; i++) execute(control, job, i, 0);
    return true;
  }
  if (ASC_FEATURE_THREADS) {
    store<i32>(control, job, JOB);
    atomic.store<i32>(control, 0, DONE);
    atomic.store<i64>(control, (<i64>chunks) << 24, TICKET);
    atomic.add<i32>(control, 1, GENERATION);
    atomic.notify(control + GENERATION, load<i32>(control, THREADS) - 1);
    drain(control, 0);
  }
  return settle(control, chunks);
}

/** Waits a moment for the helpers' chunks: whether all are finished. */
export function settle(control: usize, chunks: i32): bool {
  if (ASC_FEATURE_THREADS) {
    for (let i = 0; i < POLLS; i++) if (atomic.load<i32>(control, DONE) >= chunks) return true;
  }
  return false;
}

/** Takes chunks until the job in force has none left. */
function drain(control: usize, thread: i32): void {
  if (ASC_FEATURE_THREADS) {
    for (;;) {
      const ticket = atomic.add<i64>(control, 1, TICKET);
      const chunk = <i32>(ticket & INDEX_MASK);
      if (chunk >= <i32>(ticket >> 24)) return;
      execute(control, load<i32>(control, JOB), chunk, thread);
      atomic.add<i32>(control, 1, DONE);
    }
  }
}

/** A helper thread's life: wait for a job, help, wait again. */
export function serve(control: usize, thread: i32): void {
  if (ASC_FEATURE_THREADS) {
    let seen = 0;
    for (;;) {
      let patience = PATIENCE;
      while (atomic.load<i32>(control, GENERATION) == seen) {
        if (patience-- > 0) continue;
        atomic.wait<i32>(control + GENERATION, seen, -1);
      }
      seen = atomic.load<i32>(control, GENERATION);
      drain(control, thread);
    }
  }
}

function execute(control: usize, job: i32, chunk: i32, thread: i32): void {
  switch (job) {
    case PACK_B:
      return packBChunk(control, chunk);
    case MATMUL:
      return matmulChunk(control, chunk, scratchOf(control, thread));
    case COLUMN_SUM:
      return columnSumChunk(control, chunk);
    case ACTIVATE:
      return activateChunk(control, chunk);
    case TIMES:
      return timesChunk(control, chunk);
    case NORM:
      return normChunk(control, chunk);
    case NORM_GRAD:
      return normGradChunk(control, chunk);
    case NORM_COLUMNS_GRAD:
      return normColumnsChunk(control, chunk);
    case ATTEND:
      return attendChunk(control, chunk, scratchOf(control, thread));
    case ATTEND_GRAD:
      return attendGradChunk(control, chunk, scratchOf(control, thread));
    case CROSS_ENTROPY:
      return crossEntropyChunk(control, chunk);
    case EMBED:
      return embedChunk(control, chunk);
    case FILL:
      return fillChunk(control, chunk);
    case SCATTER_ADD:
      return scatterChunk(control, chunk);
    case DROPOUT:
      return dropoutChunk(control, chunk);
    case MEAN:
      return meanChunk(control, chunk);
    case MEAN_GRAD:
      return meanGradChunk(control, chunk);
    case SQUARES:
      return squaresChunk(control, chunk);
    case ADAM:
      return adamChunk(control, chunk);
    case GATE:
      return gateChunk(control, chunk);
    case GATE_GRAD:
      return gateGradChunk(control, chunk);
    case RMS:
      return rmsChunk(control, chunk);
    case RMS_GRAD:
      return rmsGradChunk(control, chunk);
    case RMS_COLUMNS_GRAD:
      return rmsColumnsChunk(control, chunk);
    case ROTATE:
      return rotateChunk(control, chunk);
    case CROSS_ENTROPY_GRAD:
      return crossEntropyGradChunk(control, chunk);
    case UNPACK:
      return unpackChunk(control, chunk);
    default:
      unreachable();
  }
}

// @ts-ignore: decorator
@inline
function scratchOf(control: usize, thread: i32): usize {
  return <usize>load<u32>(control, SCRATCH) + <usize>thread * <usize>load<u32>(control, SCRATCH_BYTES);
}

/** b, packed, row step, column step, k, n, columns a chunk. */
function packBChunk(control: usize, chunk: i32): void {
  const each = int(control, 6);
  const first = chunk * each;
  packB(
    pointer(control, 0),
    pointer(control, 2),
    pointer(control, 3),
    int(control, 4),
    first,
    min(first + each, int(control, 5)),
    pointer(control, 1),
  );
}

/**
 * a, its row and column steps, packed b, c, m, n, k, rows a block, columns a block, blocks of rows, bias, residual,
 * y; α. Rows outermost in memory, columns split when there are few rows.
 */
function matmulChunk(control: usize, chunk: i32, scratch: usize): void {
  const a = pointer(control, 0);
  const rs = pointer(control, 1);
  const cs = pointer(control, 2);
  const bp = pointer(control, 3);
  const m = int(control, 5);
  const n = int(control, 6);
  const k = int(control, 7);
  const rowBlocks = int(control, 10);
  const firstRow = (chunk % rowBlocks) * int(control, 8);
  const rows = min(int(control, 8), m - firstRow);
  const first = (chunk / rowBlocks) * int(control, 9);
  const last = min(first + int(control, 9), n);
  const line = <usize>n * F;
  const c = pointer(control, 4) + <usize>firstRow * line;
  const ap = scratch + <usize>(MR * NR) * F;
  for (let kb = 0; kb < k; kb += KC) {
    const kc = min(KC, k - kb);
    packA(a + <usize>firstRow * rs + <usize>kb * cs, rs, cs, rows, kc, ap);
    multiply(ap, bp, c, line, rows, first, last, k, kb, kc, scratch, kb > 0);
  }
  const alpha = float(control, 0);
  const bias = pointer(control, 11);
  const residual = pointer(control, 12);
  const y = pointer(control, 13);
  if (!bias && !residual && !y && alpha == 1) return;
  const from = <usize>first * F;
  for (let row = 0; row < rows; row++) {
    const at = <usize>row * line + from;
    const whole = <usize>(firstRow + row) * line + from;
    finishRow(
      c + at,
      last - first,
      alpha,
      bias ? bias + from : 0,
      residual ? residual + whole : 0,
      y ? y + whole : 0,
    );
  }
}

/** x, out, rows, width, columns a chunk. */
function columnSumChunk(control: usize, chunk: i32): void {
  const width = int(control, 3);
  const first = chunk * int(control, 4);
  const last = min(first + int(control, 4), width);
  columnSums(pointer(control, 0), pointer(control, 1), int(control, 2), width, first, last);
}

/** x, y, slope, count, values a chunk, activation. */
function activateChunk(control: usize, chunk: i32): void {
  const first = chunk * int(control, 4);
  const at = <usize>first * F;
  activateValues(
    int(control, 5),
    pointer(control, 0) + at,
    pointer(control, 1) + at,
    pointer(control, 2) + at,
    min(int(control, 4), int(control, 3) - first),
  );
}

/** gate, up, y, rows, width, values from row to row of gate and of up, rows a chunk, activation. */
function gateChunk(control: usize, chunk: i32): void {
  const width = int(control, 4);
  const step = <usize>int(control, 5) * F;
  const first = chunk * int(control, 6);
  const last = min(first + int(control, 6), int(control, 3));
  for (let row = first; row < last; row++) {
    const from = <usize>row * step;
    gateValues(
      int(control, 7),
      pointer(control, 0) + from,
      pointer(control, 1) + from,
      pointer(control, 2) + <usize>row * <usize>width * F,
      width,
    );
  }
}

/** dy, gate, up, dgate, dup, rows, width, values from row to row of all but dy, rows a chunk, activation. */
function gateGradChunk(control: usize, chunk: i32): void {
  const width = int(control, 6);
  const step = <usize>int(control, 7) * F;
  const first = chunk * int(control, 8);
  const last = min(first + int(control, 8), int(control, 5));
  for (let row = first; row < last; row++) {
    const from = <usize>row * step;
    gateValuesGrad(
      int(control, 9),
      pointer(control, 0) + <usize>row * <usize>width * F,
      pointer(control, 1) + from,
      pointer(control, 2) + from,
      pointer(control, 3) + from,
      pointer(control, 4) + from,
      width,
    );
  }
}

/** a, b, y, count, values a chunk. */
function timesChunk(control: usize, chunk: i32): void {
  const first = chunk * int(control, 4);
  const at = <usize>first * F;
  const count = min(int(control, 4), int(control, 3) - first);
  multiplyValues(pointer(control, 0) + at, pointer(control, 1) + at, pointer(control, 2) + at, count);
}

/** x, residual, gamma, beta, y, sum, stats, rows, width, rows a chunk; ε. */
function normChunk(control: usize, chunk: i32): void {
  const width = int(control, 8);
  const first = chunk * int(control, 9);
  const last = min(first + int(control, 9), int(control, 7));
  const residual = pointer(control, 1);
  for (let row = first; row < last; row++) {
    const at = <usize>row * <usize>width * F;
    normRow(
      pointer(control, 0) + at,
      residual ? residual + at : 0,
      pointer(control, 2),
      pointer(control, 3),
      pointer(control, 4) + at,
      pointer(control, 5) + at,
      pointer(control, 6) + <usize>row * 8,
      width,
      float(control, 0),
    );
  }
}

/** dy, sum, gamma, stats, ds, rows, width, rows a chunk. */
function normGradChunk(control: usize, chunk: i32): void {
  const width = int(control, 6);
  const first = chunk * int(control, 7);
  const last = min(first + int(control, 7), int(control, 5));
  for (let row = first; row < last; row++) {
    const at = <usize>row * <usize>width * F;
    normRowGrad(
      pointer(control, 0) + at,
      pointer(control, 1) + at,
      pointer(control, 2),
      pointer(control, 3) + <usize>row * 8,
      pointer(control, 4) + at,
      width,
    );
  }
}

/** dy, sum, stats, dγ, dβ, rows, width, columns a chunk. */
function normColumnsChunk(control: usize, chunk: i32): void {
  const width = int(control, 6);
  const first = chunk * int(control, 7);
  normColumnsGrad(
    pointer(control, 0),
    pointer(control, 1),
    pointer(control, 2),
    pointer(control, 3),
    pointer(control, 4),
    int(control, 5),
    width,
    first,
    min(first + int(control, 7), width),
  );
}

/** x, residual, gamma, y, sum, inverse, stretches, width, stretches a chunk; ε. */
function rmsChunk(control: usize, chunk: i32): void {
  const width = int(control, 7);
  const first = chunk * int(control, 8);
  const last = min(first + int(control, 8), int(control, 6));
  const residual = pointer(control, 1);
  for (let row = first; row < last; row++) {
    const at = <usize>row * <usize>width * F;
    const inverse = rmsRow(
      pointer(control, 0) + at,
      residual ? residual + at : 0,
      pointer(control, 2),
      pointer(control, 3) + at,
      pointer(control, 4) + at,
      width,
      float(control, 0),
    );
    store<f32>(pointer(control, 5) + <usize>row * F, inverse);
  }
}

/** dy, sum, gamma, inverse, ds, stretches, width, stretches a chunk. */
function rmsGradChunk(control: usize, chunk: i32): void {
  const width = int(control, 6);
  const first = chunk * int(control, 7);
  const last = min(first + int(control, 7), int(control, 5));
  for (let row = first; row < last; row++) {
    const at = <usize>row * <usize>width * F;
    rmsRowGrad(
      pointer(control, 0) + at,
      pointer(control, 1) + at,
      pointer(control, 2),
      load<f32>(pointer(control, 3) + <usize>row * F),
      pointer(control, 4) + at,
      width,
    );
  }
}

/** dy, sum, inverse, dγ, stretches, width, columns a chunk. */
function rmsColumnsChunk(control: usize, chunk: i32): void {
  const width = int(control, 5);
  const first = chunk * int(control, 6);
  rmsColumnsGrad(
    pointer(control, 0),
    pointer(control, 1),
    pointer(control, 2),
    pointer(control, 3),
    int(control, 4),
    width,
    first,
    min(first + int(control, 6), width),
  );
}

/** x, cos, sin, y, rows, heads, half a head, length, offset, rows a chunk; 1 to turn, -1 to turn back. */
function rotateChunk(control: usize, chunk: i32): void {
  const heads = int(control, 5);
  const half = int(control, 6);
  const first = chunk * int(control, 9);
  const last = min(first + int(control, 9), int(control, 4));
  for (let row = first; row < last; row++) {
    const table = <usize>((int(control, 8) + (row % int(control, 7))) * half) * F;
    for (let head = 0; head < heads; head++) {
      const at = <usize>(row * heads + head) * <usize>(2 * half) * F;
      rotateHead(
        pointer(control, 0) + at,
        pointer(control, 1) + table,
        pointer(control, 2) + table,
        pointer(control, 3) + at,
        half,
        float(control, 0),
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function shapeAt(control: usize, at: usize): Shape {
  return changetype<Shape>(control + INTS + at * 4);
}

/** q, k, v, mask, out, lse, `Shape`; scale, kept. A chunk is a head of a text. */
function attendChunk(control: usize, chunk: i32, scratch: usize): void {
  const shape = shapeAt(control, 6);
  const text = chunk / shape.heads;
  const head = chunk % shape.heads;
  const kvHead = head / (shape.heads / shape.kvHeads);
  const at = <usize>((text * shape.length * shape.heads + head) * shape.size) * F;
  const keyAt = <usize>((text * shape.keys * shape.kvHeads + kvHead) * shape.size) * F;
  attendHead(
    pointer(control, 0) + at,
    pointer(control, 1) + keyAt,
    pointer(control, 2) + keyAt,
    pointer(control, 3) + <usize>(text * shape.keys) * F,
    pointer(control, 4) + at,
    pointer(control, 5) + <usize>(chunk * shape.length) * F,
    shape,
    float(control, 0),
    chunk * shape.length * shape.keys,
    float(control, 1),
    scratch,
  );
}

/** dout, q, k, v, out, lse, mask, dq, dk, dv, `Shape`; scale, kept. A chunk is a head of keys and values of a text. */
function attendGradChunk(control: usize, chunk: i32, scratch: usize): void {
  const shape = shapeAt(control, 10);
  const text = chunk / shape.kvHeads;
  const kvHead = chunk % shape.kvHeads;
  const head = kvHead * (shape.heads / shape.kvHeads);
  const at = <usize>((text * shape.length * shape.heads + head) * shape.size) * F;
  const keyAt = <usize>((text * shape.keys * shape.kvHeads + kvHead) * shape.size) * F;
  const line = (text * shape.heads + head) * shape.length;
  attendGroupGrad(
    pointer(control, 0) + at,
    pointer(control, 1) + at,
    pointer(control, 2) + keyAt,
    pointer(control, 3) + keyAt,
    pointer(control, 4) + at,
    pointer(control, 5) + <usize>line * F,
    pointer(control, 6) + <usize>(text * shape.keys) * F,
    pointer(control, 7) + at,
    pointer(control, 8) + keyAt,
    pointer(control, 9) + keyAt,
    shape,
    float(control, 0),
    line * shape.keys,
    float(control, 1),
    scratch,
  );
}

/** The label of a row that does not count, as in contract.ts. */
const IGNORED: i32 = -100;

/** logits, labels, lse, losses, classes. A chunk is a row. */
function crossEntropyChunk(control: usize, chunk: i32): void {
  const classes = int(control, 4);
  const row = <usize>chunk * F;
  const label = load<i32>(pointer(control, 1) + row);
  const logits = pointer(control, 0) + row * <usize>classes;
  const loss = crossEntropyRow(logits, label, classes, pointer(control, 2) + row);
  store<f32>(pointer(control, 3) + row, label == IGNORED ? 0 : loss);
}

/** logits, labels, lse, dlogits, classes; share. A chunk is a row. */
function crossEntropyGradChunk(control: usize, chunk: i32): void {
  const classes = int(control, 4);
  const row = <usize>chunk * F;
  const at = row * <usize>classes;
  const label = load<i32>(pointer(control, 1) + row);
  const out = pointer(control, 3) + at;
  if (label == IGNORED) {
    memory.fill(out, 0, <usize>classes * F);
    return;
  }
  const lse = load<f32>(pointer(control, 2) + row);
  crossEntropyRowGrad(pointer(control, 0) + at, label, out, classes, lse, float(control, 0));
}

/** packed, scales, out, rows, columns, bits, rows a group, rows a chunk. */
function unpackChunk(control: usize, chunk: i32): void {
  const columns = <usize>int(control, 4);
  const first = chunk * int(control, 7);
  const last = min(first + int(control, 7), int(control, 3));
  const scales = pointer(control, 1);
  for (let row = first; row < last; row++) {
    const n = <usize>row * columns;
    unpackRow(
      pointer(control, 0),
      n,
      scales ? scales + <usize>(row / int(control, 6)) * columns * F : 0,
      pointer(control, 2) + n * F,
      <i32>columns,
      int(control, 5),
    );
  }
}

/** words, ids, positions, segments, out, rows, width, length, vocabulary, rows a chunk. NaN for an id out of range. */
function embedChunk(control: usize, chunk: i32): void {
  const width = int(control, 6);
  const line = <usize>width * F;
  const first = chunk * int(control, 9);
  const last = min(first + int(control, 9), int(control, 5));
  const positions = pointer(control, 2);
  for (let row = first; row < last; row++) {
    const id = load<i32>(pointer(control, 1) + <usize>row * F);
    const out = pointer(control, 4) + <usize>row * line;
    if (<u32>id >= <u32>int(control, 8)) {
      for (let i = 0; i < width; i++) store<f32>(out + <usize>i * F, NaN);
      continue;
    }
    addRows(
      pointer(control, 0) + <usize>id * line,
      positions ? positions + <usize>(row % int(control, 7)) * line : 0,
      pointer(control, 3),
      out,
      width,
    );
  }
}

/** out, bytes, bytes a chunk: zeros. */
function fillChunk(control: usize, chunk: i32): void {
  const each = <usize>load<u32>(control + INTS + 8);
  const first = <usize>chunk * each;
  memory.fill(pointer(control, 0) + first, 0, min(each, pointer(control, 1) - first));
}

/** dy, ids, out, rows, width, vocabulary, columns a chunk. */
function scatterChunk(control: usize, chunk: i32): void {
  const rows = int(control, 3);
  const width = int(control, 4);
  const first = chunk * int(control, 6);
  const columns = min(int(control, 6), width - first);
  for (let row = 0; row < rows; row++) {
    const id = load<i32>(pointer(control, 1) + <usize>row * F);
    if (<u32>id >= <u32>int(control, 5)) continue;
    addScaled(
      pointer(control, 2) + (<usize>id * <usize>width + <usize>first) * F,
      pointer(control, 0) + (<usize>row * <usize>width + <usize>first) * F,
      1,
      columns,
    );
  }
}

/** x, y, count, values a chunk, key, threshold; kept. */
function dropoutChunk(control: usize, chunk: i32): void {
  const first = chunk * int(control, 3);
  const at = <usize>first * F;
  dropValues(
    pointer(control, 0) + at,
    pointer(control, 1) + at,
    min(int(control, 3), int(control, 2) - first),
    first,
    int(control, 4),
    int(control, 5),
    float(control, 0),
  );
}

// @ts-ignore: decorator
@inline
function maskTotal(mask: usize, length: i32): f32 {
  let total: f32 = 0;
  for (let j = 0; j < length; j++) total += load<f32>(mask + <usize>j * F);
  return total;
}

/** x, mask, out, length, width. A chunk is a text. */
function meanChunk(control: usize, chunk: i32): void {
  const length = int(control, 3);
  const width = int(control, 4);
  const mask = pointer(control, 1) + <usize>(chunk * length) * F;
  const out = pointer(control, 2) + <usize>(chunk * width) * F;
  const total = maskTotal(mask, length);
  memory.fill(out, 0, <usize>width * F);
  for (let j = 0; j < length; j++) {
    const open = load<f32>(mask + <usize>j * F);
    if (open == 0) continue;
    addScaled(out, pointer(control, 0) + <usize>((chunk * length + j) * width) * F, open, width);
  }
  scaled(out, out, 1 / total, width);
}

/** dy, mask, dx, length, width. A chunk is a text. */
function meanGradChunk(control: usize, chunk: i32): void {
  const length = int(control, 3);
  const width = int(control, 4);
  const mask = pointer(control, 1) + <usize>(chunk * length) * F;
  const dy = pointer(control, 0) + <usize>(chunk * width) * F;
  const total = maskTotal(mask, length);
  for (let j = 0; j < length; j++) {
    const share = load<f32>(mask + <usize>j * F) / total;
    scaled(dy, pointer(control, 2) + <usize>((chunk * length + j) * width) * F, share, width);
  }
}

/** x, sums (f64 a chunk), count, values a chunk. */
function squaresChunk(control: usize, chunk: i32): void {
  const first = chunk * int(control, 3);
  const sum = sumOfSquares(
    pointer(control, 0) + <usize>first * F,
    min(int(control, 3), int(control, 2) - first),
  );
  store<f64>(pointer(control, 1) + <usize>chunk * 8, sum);
}

/** w, m, v, g, count, values a chunk; factor, rate, decay, corrections. */
function adamChunk(control: usize, chunk: i32): void {
  const first = chunk * int(control, 5);
  const at = <usize>first * F;
  adamValues(
    pointer(control, 0) + at,
    pointer(control, 1) + at,
    pointer(control, 2) + at,
    pointer(control, 3) + at,
    min(int(control, 5), int(control, 4) - first),
    float(control, 0),
    float(control, 1),
    float(control, 2),
    float(control, 3),
    float(control, 4),
  );
}
