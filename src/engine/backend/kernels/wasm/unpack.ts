/** Weights kept in few bits, back to floats. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';
import { VALUES_PER_CHUNK } from './values';

export const unpackWasm = fusedKernel('HoneUnpack', 'wasm', ({ inputs, attrs, backend }) => {
  const native = nativeOf(backend);
  const { rows, columns, bits, group } = attrs;
  const out = native.output([rows, columns]);
  const each = Math.ceil(VALUES_PER_CHUNK / columns);
  native.run('unpack', Math.ceil(rows / each), [
    ...[inputs.packed, inputs.scales, out].map(native.at),
    ...[rows, columns, bits, group, each],
  ]);
  return [out];
});
