/** Layer norm with its residual sum, and its gradients. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';

const ROWS_PER_CHUNK = 16;
const COLUMNS_PER_CHUNK = 32;

export const layerNormWasm = fusedKernel('HoneLayerNorm', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { x, residual, gamma, beta } = inputs;
  const [rows, width] = x.shape as [number, number];
  const [y, sum, stats] = [native.output(x.shape), native.output(x.shape), native.output([rows, 2])];
  native.run(
    'norm',
    Math.ceil(rows / ROWS_PER_CHUNK),
    [...[x, residual, gamma, beta, y, sum, stats].map(native.at), rows, width, ROWS_PER_CHUNK],
    [attrs.epsilon],
  );
  return [y, sum, stats];
});

export const layerNormGradWasm = fusedKernel('HoneLayerNormGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dy, sum, gamma, stats } = inputs;
  const [rows, width] = dy.shape as [number, number];
  const ds = native.output(dy.shape);
  native.run('normGrad', Math.ceil(rows / ROWS_PER_CHUNK), [
    ...[dy, sum, gamma, stats, ds].map(native.at),
    rows,
    width,
    ROWS_PER_CHUNK,
  ]);
  if (!attrs.affine) return [ds];
  const [dgamma, dbeta] = [native.output([width]), native.output([width])];
  native.run('normColumnsGrad', Math.ceil(width / COLUMNS_PER_CHUNK), [
    ...[dy, sum, stats, dgamma, dbeta].map(native.at),
    rows,
    width,
    COLUMNS_PER_CHUNK,
  ]);
  return [ds, dgamma, dbeta];
});
