/** Products of matrices in all transposes, with their epilogues: see assembly/matmul.ts. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../contract';
import { type Native, nativeOf } from './native';

/** Rows of a block: with a depth of 256 it takes 96 KiB, a part of any second-level cache. */
const BLOCK_ROWS = 96;
const ROW_STEP = 6;
const COLUMN_STEP = 8;
/** Chunks a thread should find, so that one that started late costs little. */
const CHUNKS_PER_THREAD = 2;
const COLUMNS_PER_SUM = 32;

interface Product {
  a: TensorInfo;
  b: TensorInfo;
  out: TensorInfo;
  transposeA: boolean;
  transposeB: boolean;
  alpha?: number;
  bias?: TensorInfo | undefined;
  residual?: TensorInfo | undefined;
  /** Receives GELU of the sum, and `out` its slope. */
  activated?: TensorInfo;
}

function multiply(native: Native, product: Product): void {
  const { a, b, out, transposeA, transposeB, alpha = 1, bias, residual, activated } = product;
  const [m, n] = out.shape as [number, number];
  const k = a.shape[transposeA ? 0 : 1] as number;
  const [rowA, columnA] = strides(a, transposeA);
  const [rowB, columnB] = strides(b, transposeB);

  const panels = Math.ceil(n / COLUMN_STEP);
  const packed = native.workspace(panels * COLUMN_STEP * k * 4);
  const packChunks = Math.min(panels, native.threads * CHUNKS_PER_THREAD);
  const columnsPerPack = Math.ceil(panels / packChunks) * COLUMN_STEP;
  native.run('packB', Math.ceil(n / columnsPerPack), [
    native.at(b),
    packed,
    rowB,
    columnB,
    k,
    n,
    columnsPerPack,
  ]);

  const wanted = native.threads === 1 ? 1 : native.threads * CHUNKS_PER_THREAD;
  const rowBlocks = Math.min(Math.ceil(m / ROW_STEP), Math.max(Math.ceil(m / BLOCK_ROWS), wanted));
  const rowsPerBlock = Math.ceil(m / rowBlocks / ROW_STEP) * ROW_STEP;
  const blocksOfRows = Math.ceil(m / rowsPerBlock);
  const columnBlocks = Math.min(panels, Math.ceil(wanted / blocksOfRows));
  const columnsPerBlock = Math.ceil(panels / columnBlocks) * COLUMN_STEP;
  native.needScratch(native.matmulBytes(rowsPerBlock));
  native.run(
    'matmul',
    blocksOfRows * Math.ceil(n / columnsPerBlock),
    [
      native.at(a),
      rowA,
      columnA,
      packed,
      native.at(out),
      m,
      n,
      k,
      rowsPerBlock,
      columnsPerBlock,
      blocksOfRows,
      native.at(bias),
      native.at(residual),
      native.at(activated),
    ],
    [alpha],
  );
}

/** Bytes from one row of op(x) to the next, and from one column to the next. */
function strides({ shape }: TensorInfo, transposed: boolean): [number, number] {
  const line = 4 * (shape[1] as number);
  return transposed ? [4, line] : [line, 4];
}

export function columnSum(native: Native, x: TensorInfo): TensorInfo {
  const [rows, width] = x.shape as [number, number];
  const out = native.output([width]);
  native.run('columnSum', Math.ceil(width / COLUMNS_PER_SUM), [
    native.at(x),
    native.at(out),
    rows,
    width,
    COLUMNS_PER_SUM,
  ]);
  return out;
}

export const matMulWasm = fusedKernel('HoneMatMul', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { a, b, bias, residual } = inputs;
  const { transposeA, transposeB, alpha, gelu } = attrs;
  const shape = [a.shape[transposeA ? 1 : 0] as number, b.shape[transposeB ? 0 : 1] as number];
  const out = native.output(shape);
  const activated = gelu ? native.output(shape) : undefined;
  multiply(native, {
    a,
    b,
    out,
    transposeA,
    transposeB,
    alpha,
    bias,
    residual,
    ...(activated && { activated }),
  });
  return activated ? [activated, out] : [out];
});

export const weightGradWasm = fusedKernel(
  'HoneWeightGrad',
  'wasm',
  ({ inputs: { x, dy }, attrs, backend }) => {
    const native = nativeOf(backend);
    const dw = native.output([x.shape[1] as number, dy.shape[1] as number]);
    multiply(native, { a: x, b: dy, out: dw, transposeA: true, transposeB: false });
    return attrs.bias ? [dw, columnSum(native, dy)] : [dw];
  },
);

export const columnSumWasm = fusedKernel('HoneColumnSum', 'wasm', ({ inputs: { dy }, backend }) => [
  columnSum(nativeOf(backend), dy),
]);
