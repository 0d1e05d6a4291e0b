/** The mean over a text's tokens. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';

export const maskedMeanWasm = fusedKernel('HoneMaskedMean', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { x, mask } = inputs;
  const { rows, length } = attrs;
  const width = x.shape[1] as number;
  const out = native.output([rows, width]);
  native.run('mean', rows, [...[x, mask, out].map(native.at), length, width]);
  return [out];
});

export const maskedMeanGradWasm = fusedKernel('HoneMaskedMeanGrad', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { dy, mask } = inputs;
  const { rows, length } = attrs;
  const width = dy.shape[1] as number;
  const dx = native.output([rows * length, width]);
  native.run('meanGrad', rows, [...[dy, mask, dx].map(native.at), length, width]);
  return [dx];
});
