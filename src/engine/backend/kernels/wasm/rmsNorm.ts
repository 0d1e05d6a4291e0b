/** RMS norm with its residual sum, and its gradients. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';
import { sizeOf, VALUES_PER_CHUNK } from './values';

const COLUMNS_PER_CHUNK = 32;

/** Stretches of γ's width that a chunk norms. */
const perChunk = (width: number): number => Math.ceil(VALUES_PER_CHUNK / width);

export const rmsNormWasm = fusedKernel('HoneRmsNorm', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { x, residual, gamma } = inputs;
  const width = sizeOf(gamma);
  const count = sizeOf(x) / width;
  const [y, sum, inverse] = [native.output(x.shape), native.output(x.shape), native.output([count])];
  native.run(
    'rms',
    Math.ceil(count / perChunk(width)),
    [...[x, residual, gamma, y, sum, inverse].map(native.at), count, width, perChunk(width)],
    [attrs.epsilon],
  );
  return [y, sum, inverse];
});

export const rmsNormGradWasm = fusedKernel('HoneRmsNormGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dy, sum, gamma, inverse } = inputs;
  const width = sizeOf(gamma);
  const count = sizeOf(dy) / width;
  const ds = native.output(dy.shape);
  native.run('rmsGrad', Math.ceil(count / perChunk(width)), [
    ...[dy, sum, gamma, inverse, ds].map(native.at),
    count,
    width,
    perChunk(width),
  ]);
  if (!attrs.affine) return [ds];
  const dgamma = native.output([width]);
  native.run('rmsColumnsGrad', Math.ceil(width / COLUMNS_PER_CHUNK), [
    ...[dy, sum, inverse, dgamma].map(native.at),
    count,
    width,
    COLUMNS_PER_CHUNK,
  ]);
  return [ds, dgamma];
});
