/** Every operation forward and backward against float64 JavaScript, on odd shapes; gradients by finite differences. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { random } from '../core/random';
import { largestGap, valuesOf, WASM } from '../testing/testModels';
import { ACTIVATIONS, type Activation, IGNORED } from './kernels/contract';
import { keepFactors } from './kernels/dropoutHash';
import {
  type AttentionShape,
  activate,
  attention,
  columnNorm,
  crossEntropy,
  embedding,
  gated,
  layerNorm,
  linear,
  packedLinear,
  prefixedAttention,
  prepend,
  rmsNorm,
  rotate,
  scale,
} from './ops';
import { packedHalves, quantised } from './packedWeights';
import { selfTest } from './selfTest';
import { startBackend } from './start';

/** float32 sums of up to 257 terms of size one. */
const FORWARD = 1e-5;
const BACKWARD = 1e-4;

let tensors = 0;

beforeAll(async () => {
  const info = await startBackend({ choice: 'wasm', wasm: WASM });
  expect(info).toMatchObject({ id: 'wasm', threads: 1, reason: 'The CPU was chosen by hand.' });
});

beforeEach(() => {
  tensors = tf.memory().numTensors;
});

afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

/** A named array with its shape; what is differentiated or held fixed. */
interface Input {
  shape: number[];
  values: number[];
}

function draw(name: string, shape: number[], spread = 1): Input {
  const rng = random(3, name);
  const length = shape.reduce((a, b) => a * b, 1);
  // Through float32, so that both sides compute on the very same numbers.
  return { shape, values: Array.from({ length }, () => Math.fround(spread * rng.normal())) };
}

type Inputs = Record<string, Input>;
type Values<I extends Inputs> = { [K in keyof I]: number[] };
type Tensors<I extends Inputs> = { [K in keyof I]: tf.Tensor };

/** At most this many entries of each input are checked by differences; spread over the whole. */
const PROBES = 12;

/**
 * Holds the operation's result, and its gradient under fixed random weights on the outputs, to `reference`.
 * `moving` names the inputs that the operation is differentiated by.
 */
function check<I extends Inputs>(options: {
  inputs: I;
  moving: readonly (keyof I & string)[];
  reference(values: Values<I>): number[];
  run(given: Tensors<I>): tf.Tensor;
}): void {
  const { inputs, moving, reference, run } = options;
  const values = Object.fromEntries(Object.entries(inputs).map(([k, v]) => [k, v.values])) as Values<I>;
  const expected = reference(values);
  const held = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values: flat }]) => [name, tf.tensor(flat, shape)]),
  ) as Tensors<I>;
  const result = tf.tidy(() => run(held));
  const shape = result.shape;
  expect(largestGap(valuesOf(result), expected)).toBeLessThan(FORWARD);

  const weights = draw('output weights', [expected.length]).values;
  const weighted = (outputs: readonly number[]): number =>
    outputs.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  const gradients = tf.tidy(() =>
    tf.grads((...given: tf.Tensor[]) => {
      const replaced = { ...held, ...Object.fromEntries(moving.map((name, i) => [name, given[i]])) };
      return tf.sum(tf.mul(run(replaced as Tensors<I>), tf.tensor(weights, shape)));
    })(moving.map((name) => held[name])),
  );
  moving.forEach((name, at) => {
    const gradient = valuesOf(gradients[at] as tf.Tensor);
    const flat = values[name];
    expect(gradient).toHaveLength(flat.length);
    const stride = Math.max(1, Math.floor(flat.length / PROBES));
    for (let i = 0; i < flat.length; i += stride) {
      const moved = (by: number): number =>
        weighted(reference({ ...values, [name]: flat.map((value, j) => (j === i ? value + by : value)) }));
      const slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      expect(Math.abs((gradient[i] as number) - slope)).toBeLessThan(BACKWARD * (1 + Math.abs(slope)));
    }
  });
  tf.dispose(Object.values(held));
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** 1/√(2π)∫ by Simpson's rule from 0: exact to 1e-6 for the |x| < 6 drawn here. */
function normalCdf(x: number): number {
  const parts = 200;
  const h = x / parts;
  const density = (t: number): number => Math.exp(-0.5 * t * t);
  let sum = density(0) + density(x);
  for (let i = 1; i < parts; i++) sum += density(i * h) * (i % 2 === 1 ? 4 : 2);
  return 0.5 + (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

describe.each([
  { rows: 1, inputs: 1, outputs: 3 },
  { rows: 3, inputs: 33, outputs: 1 },
  { rows: 33, inputs: 257, outputs: 3 },
  { rows: 257, inputs: 3, outputs: 33 },
])('linear [$rows, $inputs] → $outputs', ({ rows, inputs: width, outputs }) => {
  const inputs = {
    x: draw('x', [rows, width]),
    w: draw('w', [width, outputs], 1 / Math.sqrt(width)),
    b: draw('b', [outputs]),
  };
  const product = (x: number[], w: number[], b: number[]): number[] =>
    range(rows * outputs).map((at) => {
      const [row, output] = [Math.floor(at / outputs), at % outputs];
      return range(width).reduce(
        (sum, i) => sum + (x[row * width + i] as number) * (w[i * outputs + output] as number),
        b[output] ?? 0,
      );
    });

  test.each([
    { weight: true, bias: true },
    { weight: true, bias: false },
    { weight: false, bias: true },
    { weight: false, bias: false },
  ])('trainable: weight $weight, bias $bias', ({ weight, bias }) => {
    check({
      inputs,
      moving: ['x', ...(weight ? (['w'] as const) : []), ...(bias ? (['b'] as const) : [])],
      reference: ({ x, w, b }) => product(x, w, b),
      run: ({ x, w, b }) =>
        linear(
          x as tf.Tensor2D,
          { value: w as tf.Tensor2D, trainable: weight },
          { value: b as tf.Tensor1D, trainable: bias },
        ),
    });
  });

  test('without a bias', () => {
    const { x, w } = inputs;
    check({
      inputs: { x, w },
      moving: ['x', 'w'],
      reference: (given) => product(given.x, given.w, []),
      run: (given) =>
        linear(given.x as tf.Tensor2D, { value: given.w as tf.Tensor2D, trainable: true }, null),
    });
  });
});

const activations: Record<Activation, (x: number) => number> = {
  gelu: (x) => x * normalCdf(x),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
};

describe.each([
  { rows: 1, width: 3, outputs: 1 },
  { rows: 33, width: 130, outputs: 7 },
])('packed linear $rows×$width → $outputs', ({ rows, width, outputs }) => {
  const inputs = {
    x: draw('x', [rows, width]),
    b: draw('b', [outputs]),
    residual: draw('r', [rows, outputs]),
  };
  const weights = draw('w', [width, outputs], 1 / Math.sqrt(width));

  test.each([{ bits: 8 as const }, { bits: 4 as const }])('in $bits bits', ({ bits }) => {
    const group = bits === 4 ? 64 : width;
    const largest = 2 ** (bits - 1) - 1;
    const packed = quantised(Float32Array.from(weights.values), {
      rows: width,
      columns: outputs,
      bits,
      group,
    });
    // What each weight is rounded to, by the largest of its column's group.
    const rounded = weights.values.map((value, i) => {
      const first = Math.floor(i / outputs / group) * group;
      const stretch = range(Math.min(group, width - first)).map((row) =>
        Math.abs(weights.values[(first + row) * outputs + (i % outputs)] as number),
      );
      const scale = Math.fround(Math.max(...stretch) / largest);
      return Math.round(value / scale) * scale;
    });
    const run = (given: Record<string, tf.Tensor>): tf.Tensor =>
      packedLinear(
        given.x as tf.Tensor2D,
        packed,
        { value: given.b as tf.Tensor1D, trainable: true },
        given.residual as tf.Tensor2D,
      );
    check({
      inputs,
      moving: ['x', 'b', 'residual'],
      reference: ({ x, b, residual }) =>
        range(rows * outputs).map((i) => {
          const [row, output] = [Math.floor(i / outputs), i % outputs];
          return range(width).reduce(
            (sum, c) => sum + (x[row * width + c] as number) * (rounded[c * outputs + output] as number),
            (b[output] as number) + (residual[i] as number),
          );
        }),
      run,
    });
    tf.dispose([packed.packed, packed.scales as tf.Tensor2D]);
  });

  test('in halves', () => {
    // 0.5 and -0.25.
    const halves = Uint16Array.from({ length: width * outputs }, (_, i) => (i % 3 === 1 ? 0xb400 : 0x3800));
    const packed = packedHalves(halves, width, outputs);
    check({
      inputs: { x: inputs.x },
      moving: ['x'],
      reference: ({ x }) =>
        range(rows * outputs).map((i) => {
          const [row, output] = [Math.floor(i / outputs), i % outputs];
          const weight = (c: number): number => ((c * outputs + output) % 3 === 1 ? -0.25 : 0.5);
          return range(width).reduce((sum, c) => sum + (x[row * width + c] as number) * weight(c), 0);
        }),
      run: ({ x }) => packedLinear(x as tf.Tensor2D, packed, null),
    });
    packed.packed.dispose();
  });
});

describe.each(ACTIVATIONS)('%s', (activation) => {
  const f = activations[activation];

  test.each([
    [1, 1],
    [33, 3],
    [3, 257],
  ])('of [%i, %i]', (rows, width) => {
    check({
      inputs: { x: draw('gelu', [rows, width], 2) },
      moving: ['x'],
      reference: ({ x }) => x.map(f),
      run: ({ x }) => activate(x as tf.Tensor2D, activation),
    });
  });

  test.each([
    [1, 3],
    [33, 1],
    [3, 257],
  ])('as a gate of [%i, %i], apart and side by side', (rows, width) => {
    const inputs = { gate: draw('gate', [rows, width], 2), up: draw('up', [rows, width]) };
    check({
      inputs,
      moving: ['gate', 'up'],
      reference: ({ gate, up }) => gate.map((x, i) => f(x) * (up[i] as number)),
      run: ({ gate, up }) => gated(gate as tf.Tensor2D, up as tf.Tensor2D, activation),
    });
    check({
      inputs: { both: draw('both', [rows, 2 * width], 2) },
      moving: ['both'],
      reference: ({ both }) =>
        range(rows * width).map((i) => {
          const at = 2 * width * Math.floor(i / width) + (i % width);
          return f(both[at] as number) * (both[at + width] as number);
        }),
      run: ({ both }) => gated(both as tf.Tensor2D, null, activation),
    });
  });
});

describe.each([
  { rows: 1, heads: 1, width: 3 },
  { rows: 33, heads: 1, width: 1 },
  { rows: 3, heads: 2, width: 257 },
  { rows: 255, heads: 3, width: 33 },
])('RMS norm of $rows rows of $heads × $width', ({ rows, heads, width }) => {
  const shape = [rows, heads * width];
  const inputs = { x: draw('x', shape, 3), residual: draw('r', shape), gamma: draw('g', [width]) };

  test.each([{ trainable: true }, { trainable: false }])('trainable: $trainable', ({ trainable }) => {
    const epsilon = 1e-2;
    const reference = (x: number[], gamma: number[]): number[] =>
      range(rows * heads).flatMap((i) => {
        const values = x.slice(i * width, (i + 1) * width);
        const square = values.reduce((sum, value) => sum + value * value, 0) / width;
        return values.map((value, c) => (value / Math.sqrt(square + epsilon)) * (gamma[c] as number));
      });
    const { x, gamma, residual } = inputs;
    const weight = (value: tf.Tensor) => ({ value: value as tf.Tensor1D, trainable });
    check({
      inputs: { x, gamma },
      moving: ['x', ...(trainable ? (['gamma'] as const) : [])],
      reference: (given) => reference(given.x, given.gamma),
      run: (given) => rmsNorm(given.x as tf.Tensor2D, weight(given.gamma), epsilon),
    });
    check({
      inputs: { x, gamma, residual },
      moving: ['x', 'residual', ...(trainable ? (['gamma'] as const) : [])],
      reference: (given) =>
        reference(
          given.x.map((value, i) => value + (given.residual[i] as number)),
          given.gamma,
        ),
      run: (given) =>
        rmsNorm(given.x as tf.Tensor2D, weight(given.gamma), epsilon, given.residual as tf.Tensor2D),
    });
  });
});

describe('rotary positions', () => {
  /** Angles of the first positions, heads of 2·half values. */
  const anglesOf = (positions: number, half: number): number[] =>
    range(positions * half).map((i) => Math.floor(i / half) * 100 ** (-(i % half) / half));
  const tables = (positions: number, half: number) => {
    const angles = anglesOf(positions, half);
    return {
      cos: tf.tensor2d(angles.map(Math.cos), [positions, half]),
      sin: tf.tensor2d(angles.map(Math.sin), [positions, half]),
    };
  };

  test.each([
    { rows: 1, length: 1, heads: 1, half: 1, offset: 0 },
    { rows: 3, length: 5, heads: 3, half: 3, offset: 2 },
    { rows: 2, length: 33, heads: 1, half: 17, offset: 0 },
  ])('of $rows × $length tokens from $offset, $heads heads of 2 × $half', (shape) => {
    const { rows, length, heads, half, offset } = shape;
    const angles = anglesOf(offset + length, half);
    check({
      inputs: { x: draw('rotated', [rows * length, heads * 2 * half]) },
      moving: ['x'],
      reference: ({ x }) =>
        x.map((value, i) => {
          const token = Math.floor(i / (heads * 2 * half)) % length;
          const angle = angles[(offset + token) * half + (i % half)] as number;
          const partner = i % (2 * half) < half ? -(x[i + half] as number) : (x[i - half] as number);
          return value * Math.cos(angle) + partner * Math.sin(angle);
        }),
      run: ({ x }) => rotate(x as tf.Tensor2D, tables(offset + length, half), length, offset),
    });
  });

  test('are refused beyond the tables, and for heads of another width', () => {
    tf.tidy(() => {
      const angles = tables(4, 3);
      const x = tf.zeros([4, 12]) as tf.Tensor2D;
      expect(() => rotate(x, angles, 4, 1)).toThrow('5 tokens, and angles for 4');
      expect(() => rotate(tf.zeros([4, 9]), angles, 4)).toThrow('width 9 in heads of 6');
    });
  });
});

describe.each([
  { rows: 1, width: 3 },
  { rows: 33, width: 1 },
  { rows: 3, width: 257 },
  { rows: 257, width: 33 },
])('layer norm [$rows, $width]', ({ rows, width }) => {
  test.each([
    { scale: true, shift: true },
    { scale: true, shift: false },
    { scale: false, shift: true },
    { scale: false, shift: false },
  ])('trainable: scale $scale, shift $shift', ({ scale, shift }) => {
    const epsilon = 1e-2;
    check({
      inputs: { x: draw('x', [rows, width], 3), gamma: draw('g', [width]), beta: draw('b', [width]) },
      moving: ['x', ...(scale ? (['gamma'] as const) : []), ...(shift ? (['beta'] as const) : [])],
      reference: ({ x, gamma, beta }) =>
        range(rows).flatMap((row) => {
          const values = x.slice(row * width, (row + 1) * width);
          const mean = values.reduce((a, b) => a + b, 0) / width;
          const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
          return values.map(
            (value, i) =>
              ((value - mean) / Math.sqrt(variance + epsilon)) * (gamma[i] as number) + (beta[i] as number),
          );
        }),
      run: ({ x, gamma, beta }) =>
        layerNorm(
          x as tf.Tensor2D,
          { value: gamma as tf.Tensor1D, trainable: scale },
          { value: beta as tf.Tensor1D, trainable: shift },
          epsilon,
        ),
    });
  });
});

describe.each([
  { vocabulary: 3, width: 1, ids: [0] },
  { vocabulary: 33, width: 3, ids: range(33).map((i) => (i * i) % 33) },
  { vocabulary: 257, width: 33, ids: range(257).map((i) => (i * 7) % 5) },
])('embedding of $vocabulary words, width $width', ({ vocabulary, width, ids }) => {
  const table = draw('table', [vocabulary, width]);
  const rowsOf = (values: number[]): number[] =>
    ids.flatMap((id) => values.slice(id * width, (id + 1) * width));

  test('trained: rows that share an id add up', () => {
    check({
      inputs: { table },
      moving: ['table'],
      reference: (given) => rowsOf(given.table),
      run: (given) =>
        embedding(
          { words: { value: given.table as tf.Tensor2D, trainable: true } },
          tf.tensor1d(ids, 'int32'),
          ids.length,
        ),
    });
  });

  test('frozen: the same rows', () => {
    const value = tf.tensor2d(table.values, [vocabulary, width]);
    const rows = tf.tidy(() =>
      embedding({ words: { value, trainable: false } }, tf.tensor1d(ids, 'int32'), ids.length),
    );
    expect(valuesOf(rows)).toEqual(rowsOf(table.values));
    value.dispose();
  });
});

describe.each([
  { rows: 1, width: 3 },
  { rows: 33, width: 1 },
  { rows: 7, width: 33 },
])('scale $rows×$width', ({ rows, width }) => {
  test('factors in a shape of their own, with and without something added', () => {
    const inputs = {
      x: draw('x', [rows, width]),
      s: draw('s', [width, 1]),
      b: draw('b', [width]),
    };
    const reference = ({ x, s }: { x: number[]; s: number[] }, b?: number[]): number[] =>
      x.map((value, i) => value * (s[i % width] as number) + (b?.[i % width] ?? 0));
    check({
      inputs,
      moving: ['x', 's', 'b'],
      reference: (values) => reference(values, values.b),
      run: ({ x, s, b }) =>
        scale(x as tf.Tensor2D, { value: s, trainable: true }, { value: b as tf.Tensor1D, trainable: true }),
    });
    check({
      inputs,
      moving: ['x'],
      reference: (values) => reference(values),
      run: ({ x, s }) => scale(x as tf.Tensor2D, { value: s, trainable: false }),
    });
  });
});

test('the norm of each column of a sum, through which no gradient flows', () => {
  const [i, r, o] = [33, 3, 7];
  const { w, a, b } = { w: draw('w', [i, o]), a: draw('a', [i, r]), b: draw('b', [r, o]) };
  const expected = range(o).map((column) =>
    Math.hypot(
      ...range(i).map(
        (row) =>
          (w.values[row * o + column] as number) +
          0.5 *
            range(r).reduce(
              (sum, k) => sum + (a.values[row * r + k] as number) * (b.values[k * o + column] as number),
              0,
            ),
      ),
    ),
  );
  const tensor = ({ values, shape }: Input): tf.Tensor2D => tf.tensor2d(values, shape as [number, number]);
  const norm = (moved: tf.Tensor): tf.Tensor1D => columnNorm(tensor(w), moved as tf.Tensor2D, tensor(b), 0.5);
  expect(largestGap(valuesOf(tf.tidy(() => norm(tensor(a)))), expected)).toBeLessThan(10 * FORWARD);
  // That of the other term alone.
  const gradient = tf.tidy(() => tf.grad((x) => tf.add(tf.sum(x), tf.sum(norm(x))))(tensor(a)));
  expect(new Set(valuesOf(gradient))).toEqual(new Set([1]));
});

test('an embedding of more tokens than there are positions is refused', () => {
  const table = (rows: number) => ({ value: tf.zeros([rows, 3]) as tf.Tensor2D, trainable: false });
  tf.tidy(() => {
    const ids = tf.zeros([8], 'int32') as tf.Tensor1D;
    expect(() => embedding({ words: table(9), positions: table(7) }, ids, 8)).toThrow('positions for 7');
  });
});

describe('cross-entropy', () => {
  test.each([
    [1, 3],
    [3, 2],
    [33, 257],
  ])('[%i, %i]', (rows, classes) => {
    const labels = range(rows).map((row) => (row * 5) % classes);
    check({
      inputs: { logits: draw('logits', [rows, classes], 4) },
      moving: ['logits'],
      reference: ({ logits }) => {
        const losses = labels.map((label, row) => {
          const values = logits.slice(row * classes, (row + 1) * classes);
          const top = Math.max(...values);
          const sum = values.reduce((total, value) => total + Math.exp(value - top), 0);
          return top + Math.log(sum) - (values[label] as number);
        });
        return [losses.reduce((a, b) => a + b, 0) / rows];
      },
      run: ({ logits }) => crossEntropy(logits as tf.Tensor2D, tf.tensor1d(labels, 'int32')),
    });
  });

  test('over the rows that count', () => {
    const labels = [2, IGNORED, 0, IGNORED, 1];
    check({
      inputs: { logits: draw('logits', [5, 3], 4) },
      moving: ['logits'],
      reference: ({ logits }) => {
        const losses = labels.map((label, row) => {
          if (label === IGNORED) return 0;
          const values = logits.slice(row * 3, (row + 1) * 3);
          return (
            Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0)) - (values[label] as number)
          );
        });
        return [losses.reduce((a, b) => a + b, 0) / 3];
      },
      run: ({ logits }) => crossEntropy(logits as tf.Tensor2D, tf.tensor1d(labels, 'int32')),
    });
  });

  test('stays finite where exp would overflow', () => {
    const loss = tf.tidy(() =>
      crossEntropy(tf.tensor2d([500, -500, -500, 500], [2, 2]), tf.tensor1d([0, 0], 'int32')),
    );
    expect(valuesOf(loss)).toEqual([500]);
  });
});

interface Attended extends AttentionShape {
  kvHeads?: number;
  /** Keys before the first query. */
  earlier?: number;
  size: number;
  masked: number[][];
}

const ATTENDED: Record<string, Attended> = {
  'one token': { rows: 1, heads: 1, length: 1, size: 3, masked: [[]] },
  'heads of odd width': { rows: 2, heads: 3, length: 17, size: 5, masked: [[], range(17).slice(9)] },
  'heads of one value': { rows: 3, heads: 1, length: 7, size: 1, masked: [[6], [], [1, 2]] },
  'nothing but padding': { rows: 2, heads: 2, length: 33, size: 33, masked: [range(33), [32]] },
  'grouped, causal': { rows: 2, heads: 6, kvHeads: 2, length: 9, after: 0, size: 3, masked: [[], [7, 8]] },
  'a window': {
    rows: 2,
    heads: 1,
    length: 55,
    before: 2,
    after: 2,
    size: 3,
    masked: [[], [30, 31, 32, 33, 34, 35]],
  },
  'behind a cache': {
    rows: 2,
    heads: 2,
    kvHeads: 1,
    length: 2,
    earlier: 5,
    after: 0,
    size: 4,
    masked: [[0], []],
  },
};

describe.each(Object.entries(ATTENDED))('attention, %s', (_, shape) => {
  const { rows, heads, kvHeads = heads, length, earlier = 0, size, masked } = shape;
  const { before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY } = shape;
  const keys = earlier + length;
  const spread = {
    q: draw('q', [rows * length, heads * size]),
    k: draw('k', [rows * keys, kvHeads * size]),
    v: draw('v', [rows * keys, kvHeads * size]),
  };
  const mask = range(rows * keys).map((at) => (masked[Math.floor(at / keys)]?.includes(at % keys) ? 0 : 1));

  function reference({ q, k, v }: Values<typeof spread>, keep: ArrayLike<number> | null): number[] {
    return range(rows * length * heads).flatMap((query) => {
      const [token, head, own] = [Math.floor(query / heads), query % heads, query * size];
      const [text, i] = [Math.floor(token / length), token % length];
      const keyAt = (j: number): number =>
        ((text * keys + j) * kvHeads + Math.floor(head / (heads / kvHeads))) * size;
      const seen = range(keys).filter((j) => {
        const distance = j - earlier - i;
        return mask[text * keys + j] === 1 && -before <= distance && distance <= after;
      });
      const raised = seen.map((j) =>
        Math.exp(
          range(size).reduce((dot, c) => dot + (q[own + c] as number) * (k[keyAt(j) + c] as number), 0) /
            Math.sqrt(size),
        ),
      );
      const total = raised.reduce((a, b) => a + b, 0);
      const weights = seen.map(
        (j, n) =>
          ((raised[n] as number) / total) * (keep?.[((text * heads + head) * length + i) * keys + j] ?? 1),
      );
      return range(size).map((c) =>
        seen.reduce((sum, j, n) => sum + (weights[n] as number) * (v[keyAt(j) + c] as number), 0),
      );
    });
  }

  test.each([{ rate: 0 }, { rate: 0.25 }])('dropping $rate of the weights', ({ rate }) => {
    const keep = rate > 0 ? keepFactors(rows * heads * length * keys, 77, 5, rate) : null;
    check({
      inputs: spread,
      moving: ['q', 'k', 'v'],
      reference: (values) => reference(values, keep),
      run: ({ q, k, v }) =>
        attention(
          {
            q: q as tf.Tensor2D,
            k: k as tf.Tensor2D,
            v: v as tf.Tensor2D,
            mask: tf.tensor2d(mask, [rows, keys]),
          },
          shape,
          { seed: tf.tensor1d([77], 'int32'), salt: 5, rate },
        ),
    });
  });
});

test('attention of more queries than keys, or of heads that do not share out, is refused', () => {
  tf.tidy(() => {
    const [q, mask] = [tf.zeros([4, 12]) as tf.Tensor2D, tf.ones([1, 3]) as tf.Tensor2D];
    const k = tf.zeros([3, 12]) as tf.Tensor2D;
    const shape = { rows: 1, length: 4, heads: 3 };
    expect(() => attention({ q, k, v: k, mask }, shape, null)).toThrow('4 queries at -1 of 3 keys');
    const two = tf.zeros([4, 8]) as tf.Tensor2D;
    expect(() => attention({ q, k: two, v: two, mask: tf.ones([1, 4]) }, shape, null)).toThrow(
      '3 heads of 12',
    );
  });
});

test('the self-test passes on a back end that computes', async () => {
  expect(await selfTest()).toBeNull();
});

describe.each([
  { rows: 1, count: 1, length: 1, width: 3 },
  { rows: 3, count: 5, length: 2, width: 7 },
])('$count rows before each of $rows texts of $length', ({ rows, count, length, width }) => {
  const inputs = { first: draw('first', [count, width]), x: draw('behind', [rows * length, width]) };
  const joined = ({ first, x }: Values<typeof inputs>): number[] =>
    range(rows).flatMap((row) => [...first, ...x.slice(row * length * width, (row + 1) * length * width)]);

  test('are put there', () => {
    check({
      inputs,
      moving: ['first', 'x'],
      reference: joined,
      run: ({ first, x }) => prepend(first as tf.Tensor2D, x as tf.Tensor2D, rows),
    });
  });
});

test('attention with a prefix: every token also looks at keys and values that no token made', () => {
  const [rows, heads, length, count, size] = [2, 3, 5, 2, 4];
  const width = heads * size;
  const mask = range(rows * (count + length)).map((at) => (at === rows * (count + length) - 1 ? 0 : 1));
  check({
    inputs: {
      q: draw('prefix/q', [rows * length, width]),
      k: draw('prefix/k', [rows * length, width]),
      v: draw('prefix/v', [rows * length, width]),
      keys: draw('prefix/keys', [count, width]),
      values: draw('prefix/values', [count, width]),
    },
    moving: ['q', 'k', 'v', 'keys', 'values'],
    reference({ q, k, v, keys, values }) {
      const at = (from: number[], row: number, column: number): number =>
        from[row * width + column] as number;
      return range(rows * length * width).map((place) => {
        const [token, column] = [Math.floor(place / width), place % width];
        const [text, head] = [Math.floor(token / length), Math.floor(column / size)];
        const seen = range(count + length).filter((j) => mask[text * (count + length) + j] === 1);
        const of = (own: number[], prefix: number[], j: number, c: number): number =>
          j < count ? at(prefix, j, c) : at(own, text * length + j - count, c);
        const raised = seen.map((j) =>
          Math.exp(
            range(size).reduce((dot, c) => {
              const at_c = head * size + c;
              return dot + at(q, token, at_c) * of(k, keys, j, at_c);
            }, 0) / Math.sqrt(size),
          ),
        );
        const total = raised.reduce((a, b) => a + b, 0);
        return seen.reduce(
          (sum, j, i) => sum + ((raised[i] as number) / total) * of(v, values, j, column),
          0,
        );
      });
    },
    run: ({ q, k, v, keys, values }) =>
      prefixedAttention(
        { q: q as tf.Tensor2D, k: k as tf.Tensor2D, v: v as tf.Tensor2D },
        {
          keys: keys as tf.Tensor2D,
          values: values as tf.Tensor2D,
          mask: tf.tensor2d(mask, [rows, count + length]),
        },
        { rows, length, heads },
        null,
      ),
  });
});
