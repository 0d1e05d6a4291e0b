/** Global gradient norm, and AdamW in place. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { fusedKernel } from '../contract';
import { nativeOf } from './native';
import { sizeOf, VALUES_PER_CHUNK } from './values';

export const globalNormWasm = fusedKernel('HoneGlobalNorm', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  let total = 0;
  for (const gradient of Object.values(inputs)) {
    const count = sizeOf(gradient);
    const chunks = Math.ceil(count / VALUES_PER_CHUNK);
    const sums = native.workspace(chunks * 8);
    native.run('squares', chunks, [native.at(gradient), sums, count, VALUES_PER_CHUNK]);
    total += native.doubles(sums, chunks).reduce((sum, value) => sum + value, 0);
  }
  const [norm, factor] = [native.output([]), native.output([])];
  native.floats(native.at(norm), 1)[0] = Math.sqrt(total);
  native.floats(native.at(factor), 1)[0] = Math.min(1, attrs.limit / (Math.sqrt(total) + 1e-6));
  return [norm, factor];
});

export const adamWWasm = fusedKernel('HoneAdamW', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const given = (name: string): TensorInfo => inputs[name] as TensorInfo;
  const [factor = 1] = native.floats(native.at(given('factor')), 1);
  const [rate = 0, correction1 = 1, correction2 = 1] = native.floats(native.at(given('hyper')), 3);
  for (let i = 0; i < attrs.count; i++) {
    const count = sizeOf(given(`w${i}`));
    native.run(
      'adam',
      Math.ceil(count / VALUES_PER_CHUNK),
      [...['w', 'm', 'v', 'g'].map((letter) => native.at(given(`${letter}${i}`))), count, VALUES_PER_CHUNK],
      [factor, rate * (attrs.rateScales[i] as number), attrs.decays[i] as number, correction1, correction2],
    );
  }
  return [];
});
