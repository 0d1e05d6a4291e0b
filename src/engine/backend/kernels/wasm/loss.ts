/** Cross-entropy with its gradient. */
import { fusedKernel } from '../contract';
import { nativeOf } from './native';

export const crossEntropyWasm = fusedKernel('HoneCrossEntropy', 'wasm', ({ inputs, backend }) => {
  const native = nativeOf(backend);
  const { logits, labels } = inputs;
  const [rows, classes] = logits.shape as [number, number];
  const [loss, dlogits] = [native.output([]), native.output(logits.shape)];
  const losses = native.workspace(rows * 4);
  native.run('crossEntropy', rows, [...[logits, labels, dlogits].map(native.at), losses, rows, classes]);
  const sum = native.floats(losses, rows).reduce((total, value) => total + value, 0);
  native.floats(native.at(loss), 1)[0] = sum / rows;
  return [loss, dlogits];
});
