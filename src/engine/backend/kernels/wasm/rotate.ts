/** Rotary positions. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';

const ROWS_PER_CHUNK = 32;

export const rotateWasm = fusedKernel('HoneRotate', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { x, cos, sin } = inputs;
  const [rows, width] = x.shape as [number, number];
  const half = cos.shape[1] as number;
  const y = native.output(x.shape);
  native.run(
    'rotate',
    Math.ceil(rows / ROWS_PER_CHUNK),
    [
      ...[x, cos, sin, y].map(native.at),
      rows,
      width / (2 * half),
      half,
      attrs.length,
      attrs.offset,
      ROWS_PER_CHUNK,
    ],
    [attrs.back ? -1 : 1],
  );
  return [y];
});
