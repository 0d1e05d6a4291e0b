/** Cross-entropy and its gradient, a row a chunk. */
import { fusedKernel, IGNORED } from '../contract';
import { nativeOf } from './native';

export const crossEntropyWasm = fusedKernel('HoneCrossEntropy', 'wasm', ({ inputs, backend }) => {
  const native = nativeOf(backend);
  const { logits, labels } = inputs;
  const [rows, classes] = logits.shape as [number, number];
  const [loss, lse, share] = [native.output([]), native.output([rows]), native.output([])];
  const losses = native.workspace(rows * 4);
  native.run('crossEntropy', rows, [...[logits, labels, lse].map(native.at), losses, classes]);
  const sum = native.floats(losses, rows).reduce((total, value) => total + value, 0);
  const count = native.ints(native.at(labels), rows).reduce((n, label) => n + Number(label !== IGNORED), 0);
  native.floats(native.at(loss), 1)[0] = sum / Math.max(1, count);
  native.floats(native.at(share), 1)[0] = count > 0 ? 1 / count : 0;
  return [loss, lse, share];
});

export const crossEntropyGradWasm = fusedKernel('HoneCrossEntropyGrad', 'wasm', ({ inputs, backend }) => {
  const native = nativeOf(backend);
  const { dy, logits, labels, lse, share } = inputs;
  const [rows, classes] = logits.shape as [number, number];
  const dlogits = native.output(logits.shape);
  const [by = 0, each = 0] = [dy, share].map((one) => native.floats(native.at(one), 1)[0]);
  native.run(
    'crossEntropyGrad',
    rows,
    [...[logits, labels, lse, dlogits].map(native.at), classes],
    [by * each],
  );
  return [dlogits];
});
