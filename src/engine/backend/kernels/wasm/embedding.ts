/** Rows of tables by id, and the sums of their gradients. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';

const ROWS_PER_CHUNK = 64;
const COLUMNS_PER_CHUNK = 64;
const BYTES_PER_CHUNK = 1 << 20;

export const embedWasm = fusedKernel('HoneEmbed', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { words, ids, positions, segments } = inputs;
  const [vocabulary, width] = words.shape as [number, number];
  const rows = ids.shape[0] as number;
  const out = native.output([rows, width]);
  native.run('embed', Math.ceil(rows / ROWS_PER_CHUNK), [
    ...[words, ids, positions, segments, out].map(native.at),
    rows,
    width,
    attrs.length,
    vocabulary,
    ROWS_PER_CHUNK,
  ]);
  return [out];
});

export const scatterAddWasm = fusedKernel('HoneScatterAdd', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dy, ids } = inputs;
  const [rows, width] = dy.shape as [number, number];
  const out = native.output([attrs.rows, width]);
  const bytes = attrs.rows * width * 4;
  native.run('fill', Math.ceil(bytes / BYTES_PER_CHUNK), [native.at(out), bytes, BYTES_PER_CHUNK]);
  native.run('scatterAdd', Math.ceil(width / COLUMNS_PER_CHUNK), [
    ...[dy, ids, out].map(native.at),
    rows,
    width,
    attrs.rows,
    COLUMNS_PER_CHUNK,
  ]);
  return [out];
});
