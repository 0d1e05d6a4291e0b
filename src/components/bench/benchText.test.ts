import { expect, test } from 'vitest';
import { benchText } from './benchText';

test('a measurement as Markdown, with what could not be measured', () => {
  const text = benchText(
    {
      places: [
        { type: 'place', place: 'wasm', adapter: 'CPU, 2 threads', reason: 'The CPU was chosen by hand.' },
        { type: 'place', place: 'webgpu', adapter: null, reason: 'This browser offers no WebGPU here.' },
      ],
      rows: [
        { place: 'wasm', work: 'A training step', unit: 'ms', hone: 164.2, stock: 5938 },
        { place: 'wasm', work: 'A·B', unit: 'GFLOP/s', hone: 84.4, stock: 20.7 },
      ],
      finishedAt: null,
    },
    'A browser',
  );
  expect(text).toBe(`| Work | Where | Hone | TensorFlow.js | Hone is |
| --- | --- | ---: | ---: | ---: |
| A training step | Processor (WebAssembly) | 164 ms | 5,940 ms | 36.2 × as fast |
| A·B | Processor (WebAssembly) | 84.4 GFLOP/s | 20.7 GFLOP/s | 4.08 × as fast |

- Processor (WebAssembly): CPU, 2 threads
- Graphics card (WebGPU): not measured. This browser offers no WebGPU here.
- A browser
`);
});
