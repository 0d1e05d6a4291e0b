/**
 * What every form of the fused kernels owes: float64's results on odd shapes, within 4·ε·√K for products and 1e-5
 * for the rest. Each back end's test file calls it, and the plain forms' too.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACTIVATIONS, type Activation, BETA1, BETA2, fused, IGNORED } from './contract';
import { keepFactors } from './dropoutHash';
import { attentionSuite } from './testAttention';
import {
  at,
  CLOSE,
  draw,
  EPSILON,
  expectClose,
  ints,
  type Numbers,
  range,
  run,
  toTensor,
} from './testNumbers';

/** Φ by its series, or by the continued fraction of its tail: exact to double precision. */
function cumulative(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 4) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 100; n++) {
      term *= (x * x) / (2 * n + 1);
      sum += term;
    }
    return 0.5 + density * sum;
  }
  let fraction = Math.abs(x);
  for (let n = 200; n > 0; n--) fraction = Math.abs(x) + n / fraction;
  return x > 0 ? 1 - density / fraction : density / fraction;
}
const gelu = (x: number): number => x * cumulative(x);
const geluSlope = (x: number): number =>
  cumulative(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** x·σ(z) and its slope, for z and z′ at x. */
const swished = (x: number, z: number, slope: number): [number, number] => [
  x * sigmoid(z),
  sigmoid(z) + x * sigmoid(z) * (1 - sigmoid(z)) * slope,
];
/** Each activation and its slope. */
const activations: Record<Activation, (x: number) => [value: number, slope: number]> = {
  gelu: (x) => [gelu(x), geluSlope(x)],
  geluTanh(x) {
    const by = Math.sqrt(2 / Math.PI);
    return swished(x, 2 * by * (x + 0.044715 * x ** 3), 2 * by * (1 + 3 * 0.044715 * x ** 2));
  },
  silu: (x) => swished(x, x, 1),
  relu: (x) => [Math.max(x, 0), x > 0 ? 1 : 0],
};

// ── products ────────────────────────────────────────────────────────────────────────────────────────────────────

export const SHAPES = [
  [1, 1, 1],
  [3, 33, 1],
  [33, 1, 257],
  [1, 255, 3],
  [257, 3, 33],
  [36, 68, 64],
  [65, 132, 20],
] as const;

export const TRANSPOSES = [
  { transposeA: false, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: false },
  { transposeA: true, transposeB: true },
];

export function operands(m: number, n: number, k: number, transposeA: boolean, transposeB: boolean) {
  const a = draw('a', transposeA ? [k, m] : [m, k]);
  const b = draw('b', transposeB ? [n, k] : [k, n]);
  const product = range(m * n).map((index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    return range(k).reduce(
      (sum, l) => sum + (transposeA ? at(a, l, i) : at(a, i, l)) * (transposeB ? at(b, j, l) : at(b, l, j)),
      0,
    );
  });
  return { a, b, product };
}

/** Registers the tests; the caller has started the back end. */
export function kernelSuite(): void {
  let tensors = 0;

  beforeEach(() => {
    tensors = tf.memory().numTensors;
  });

  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  describe.each(TRANSPOSES)(
    'product, transposed a: $transposeA, b: $transposeB',
    ({ transposeA, transposeB }) => {
      test.each(SHAPES)('%i × %i × %i', async (m, n, k) => {
        const { a, b, product } = operands(m, n, k, transposeA, transposeB);
        const [y] = await run('HoneMatMul', { a, b }, { transposeA, transposeB, alpha: 1, gelu: false });
        expectClose(y, product, 4 * EPSILON * Math.sqrt(k));
      });
    },
  );

  test.each([
    [3, 33, 5],
    [33, 36, 8],
  ])('product %i × %i × %i with everything fused', async (m, n, k) => {
    const { a, b, product } = operands(m, n, k, false, false);
    const [bias, residual] = [draw('bias', [n]), draw('residual', [m, n])];
    const attrs = { transposeA: false, transposeB: false, alpha: 0.5, gelu: true };
    const before = product.map((value, i) => 0.5 * value + at(bias, i % n) + (residual.values[i] as number));
    const operation = { a, b, bias, residual };
    const [sum] = await run('HoneMatMul', operation, { ...attrs, gelu: false });
    expectClose(sum, before, 4 * EPSILON * Math.sqrt(k));
    const [y, slope] = await run('HoneMatMul', operation, attrs);
    expectClose(y, before.map(gelu));
    expectClose(slope, before.map(geluSlope));
  });

  test.each(SHAPES)('gradient of a weight [%i, %i] over %i rows', async (m, n, k) => {
    const { a, b, product } = operands(m, n, k, true, false);
    const [dw, db] = await run('HoneWeightGrad', { x: a, dy: b }, { bias: true });
    expectClose(dw, product, 4 * EPSILON * Math.sqrt(k));
    const sums = range(n).map((j) => range(k).reduce((sum, l) => sum + at(b, l, j), 0));
    expectClose(db, sums);
    expectClose((await run('HoneColumnSum', { dy: b }, {}))[0], sums);
  });

  // ── element by element ──────────────────────────────────────────────────────────────────────────────────────────

  test.each(ACTIVATIONS)('%s and its slope, far out too', async (activation) => {
    const x: Numbers = { shape: [401], values: range(401).map((i) => Math.fround((i - 200) / 13)) };
    x.values.push(-1e4, 1e4, -88, 88);
    x.shape = [405];
    const dy = draw('dy', [405]);
    const expected = x.values.map(activations[activation]);
    const slope: Numbers = { shape: x.shape, values: expected.map(([, value]) => value) };
    const both = await run('HoneActivate', { x }, { activation });
    expectClose(
      both[0],
      expected.map(([value]) => value),
      1e-6,
    );
    expectClose(both[1], slope.values, 2e-6);
    const products = slope.values.map((value, i) => at(dy, i) * value);
    expectClose((await run('HoneActivateGrad', { dy, slope }, {}))[0], products);
  });

  describe.each([
    [1, 1],
    [3, 33],
    [33, 3],
    [2, 255],
    [3, 8192],
  ])('gated [%i, %i]', (rows, width) => {
    test.each(ACTIVATIONS)('by %s, apart and side by side', async (activation) => {
      const [gate, up, dy] = [
        draw('gate', [rows, width], 3),
        draw('up', [rows, width]),
        draw('dy', [rows, width]),
      ];
      const both: Numbers = {
        shape: [rows, 2 * width],
        values: range(2 * rows * width).map((i) => {
          const [row, column] = [Math.floor(i / (2 * width)), i % (2 * width)];
          return column < width ? at(gate, row, column) : at(up, row, column - width);
        }),
      };
      const expected = gate.values.map(activations[activation]);
      const y = expected.map(([value], i) => value * (up.values[i] as number));
      expectClose((await run('HoneGated', { gate, up }, { activation }))[0], y);
      expectClose((await run('HoneGated', { gate: both }, { activation }))[0], y);
      const dgate = expected.map(
        ([, slope], i) => slope * (up.values[i] as number) * (dy.values[i] as number),
      );
      const dup = expected.map(([value], i) => value * (dy.values[i] as number));
      const apart = await run('HoneGatedGrad', { dy, gate, up }, { activation });
      expectClose(apart[0], dgate);
      expectClose(apart[1], dup);
      const [together] = await run('HoneGatedGrad', { dy, gate: both }, { activation });
      expectClose(
        together,
        range(rows).flatMap((row) =>
          [dgate, dup].flatMap((half) => half.slice(row * width, (row + 1) * width)),
        ),
      );
    });
  });

  test.each([1, 33, 257])('dropout of %i draws what the host draws', async (count) => {
    const x = draw('x', [count]);
    const [y] = await run('HoneDropout', { x, seed: ints([-77]) }, { rate: 0.3, salt: 9 });
    const keep = keepFactors(count, -77, 9, 0.3);
    expectClose(
      y,
      x.values.map((value, i) => value * (keep[i] as number)),
      1e-6,
    );
  });

  // ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────────

  describe.each([
    [1, 3],
    [33, 1],
    [3, 257],
    [257, 33],
  ])('layer norm [%i, %i]', (rows, width) => {
    const [x, residual] = [draw('x', [rows, width], 3), draw('r', [rows, width])];
    const [gamma, beta, dy] = [draw('gamma', [width]), draw('beta', [width]), draw('dy', [rows, width])];
    const epsilon = 1e-5;

    test.each([{ added: false }, { added: true }])('with a residual: $added', async ({ added }) => {
      const s = x.values.map((value, i) =>
        Math.fround(value + (added ? at(residual, Math.floor(i / width), i % width) : 0)),
      );
      const means = range(rows).map(
        (row) => s.slice(row * width, (row + 1) * width).reduce((a, b) => a + b, 0) / width,
      );
      const inverses = range(rows).map((row) => {
        const values = s.slice(row * width, (row + 1) * width);
        return (
          1 /
          Math.sqrt(values.reduce((sum, v) => sum + (v - (means[row] as number)) ** 2, 0) / width + epsilon)
        );
      });
      const normal = s.map((v, i) => {
        const row = Math.floor(i / width);
        return (v - (means[row] as number)) * (inverses[row] as number);
      });
      const outputs = await run(
        'HoneLayerNorm',
        { x, residual: added ? residual : undefined, gamma, beta },
        { epsilon },
      );
      // Where a row is one value it is its own mean, and only ε divides what rounding leaves.
      const within = width === 1 ? 1e-3 : CLOSE;
      expectClose(
        outputs[0],
        normal.map((v, i) => v * at(gamma, i % width) + at(beta, i % width)),
        within,
      );
      expectClose(outputs[1], s, 1e-6);
      if (width > 1)
        expectClose(
          outputs[2],
          range(2 * rows).map((i) => (i % 2 === 0 ? means : inverses)[i >> 1] as number),
        );

      const stats: Numbers = { shape: [rows, 2], values: outputs[2] as number[] };
      const grads = await run(
        'HoneLayerNormGrad',
        { dy, sum: { shape: [rows, width], values: s }, gamma, stats },
        { affine: true },
      );
      const g = dy.values.map((v, i) => v * at(gamma, i % width));
      const rowMean = (values: number[], row: number): number =>
        values.slice(row * width, (row + 1) * width).reduce((a, b) => a + b, 0) / width;
      const along = g.map((v, i) => v * (normal[i] as number));
      if (width > 1) {
        expectClose(
          grads[0],
          g.map((v, i) => {
            const row = Math.floor(i / width);
            return (
              (v - rowMean(g, row) - (normal[i] as number) * rowMean(along, row)) * (inverses[row] as number)
            );
          }),
        );
        const dgamma = range(width).map((c) =>
          range(rows).reduce((sum, r) => sum + at(dy, r, c) * (normal[r * width + c] as number), 0),
        );
        expectClose(grads[1], dgamma);
      }
      expectClose(
        grads[2],
        range(width).map((c) => range(rows).reduce((sum, r) => sum + at(dy, r, c), 0)),
      );
      const [alone] = await run(
        'HoneLayerNormGrad',
        { dy, sum: { shape: [rows, width], values: s }, gamma, stats },
        { affine: false },
      );
      expect(alone).toEqual(grads[0]);
    });
  });

  describe.each([
    { rows: 1, heads: 1, width: 3 },
    { rows: 33, heads: 1, width: 1 },
    { rows: 3, heads: 2, width: 257 },
    { rows: 257, heads: 3, width: 33 },
  ])('RMS norm of $rows rows of $heads × $width', ({ rows, heads, width }) => {
    const shape = [rows, heads * width];
    const [x, residual, dy] = [draw('x', shape, 3), draw('r', shape), draw('dy', shape)];
    const gamma = draw('gamma', [width]);
    const epsilon = 1e-5;
    const stretches = range(rows * heads);
    const stretch = (values: number[], i: number): number[] => values.slice(i * width, (i + 1) * width);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / width;

    test.each([{ added: false }, { added: true }])('with a residual: $added', async ({ added }) => {
      const s = x.values.map((value, i) => Math.fround(value + (added ? (residual.values[i] as number) : 0)));
      const inverses = stretches.map((i) => 1 / Math.sqrt(mean(stretch(s, i).map((v) => v * v)) + epsilon));
      const normal = s.map((v, i) => v * (inverses[Math.floor(i / width)] as number));
      const outputs = await run(
        'HoneRmsNorm',
        { x, residual: added ? residual : undefined, gamma },
        { epsilon },
      );
      expectClose(
        outputs[0],
        normal.map((v, i) => v * at(gamma, i % width)),
      );
      expectClose(outputs[1], s, 1e-6);
      expectClose(outputs[2], inverses);
      const given = {
        ...{ dy, gamma, sum: { shape, values: s } },
        inverse: { shape: [rows * heads], values: outputs[2] as number[] },
      };
      const grads = await run('HoneRmsNormGrad', given, { affine: true });
      const g = dy.values.map((v, i) => v * at(gamma, i % width));
      const alongs = stretches.map((i) =>
        mean(stretch(g, i).map((v, c) => v * (normal[i * width + c] as number))),
      );
      expectClose(
        grads[0],
        g.map((v, i) => {
          const n = Math.floor(i / width);
          return (v - (normal[i] as number) * (alongs[n] as number)) * (inverses[n] as number);
        }),
      );
      expectClose(
        grads[1],
        range(width).map((c) =>
          stretches.reduce(
            (sum, i) => sum + (dy.values[i * width + c] as number) * (normal[i * width + c] as number),
            0,
          ),
        ),
      );
      expect((await run('HoneRmsNormGrad', given, { affine: false }))[0]).toEqual(grads[0]);
    });
  });

  test.each([
    { rows: 1, length: 1, heads: 1, half: 1, offset: 0 },
    { rows: 3, length: 11, heads: 3, half: 3, offset: 5 },
    { rows: 2, length: 33, heads: 1, half: 33, offset: 0 },
    { rows: 1, length: 5, heads: 7, half: 16, offset: 250 },
  ])('rotary positions of $rows × $length tokens, $heads heads of 2 × $half', async (shape) => {
    const { rows, length, heads, half, offset } = shape;
    const x = draw('x', [rows * length, heads * 2 * half]);
    const angles = range((offset + length) * half).map(
      (i) => Math.floor(i / half) * 1000 ** (-(i % half) / half),
    );
    const [cos, sin] = [Math.cos, Math.sin].map((f) => ({
      shape: [offset + length, half],
      values: angles.map((angle) => Math.fround(f(angle))),
    })) as [Numbers, Numbers];
    const turned = (turn: number): number[] =>
      x.values.map((value, i) => {
        const place = offset + (Math.floor(i / (heads * 2 * half)) % length);
        const [c, s] = [cos, sin].map((table) => at(table, place, i % half)) as [number, number];
        const first = i % (2 * half) < half;
        const partner = x.values[first ? i + half : i - half] as number;
        return value * c + (first ? -turn : turn) * partner * s;
      });
    for (const back of [false, true]) {
      const [y] = await run('HoneRotate', { x, cos, sin }, { length, offset, back });
      expectClose(y, turned(back ? -1 : 1), 1e-6);
    }
  });

  test.each([
    [1, 2],
    [3, 33],
    [65, 5],
    [33, 257],
  ])('cross-entropy [%i, %i], every row and some', async (rows, classes) => {
    const logits = draw('logits', [rows, classes], 4);
    const all = range(rows).map((row) => (row * 5) % classes);
    const some = all.map((label, row) => (row % 3 === 1 ? IGNORED : label));
    const lse = range(rows).map((row) => {
      const values = logits.values.slice(row * classes, (row + 1) * classes);
      const top = Math.max(...values);
      return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
    });
    for (const labels of [all, some]) {
      const outputs = await run('HoneCrossEntropy', { logits, labels: ints(labels) }, {});
      const count = labels.filter((label) => label !== IGNORED).length;
      const losses = labels.map((label, row) =>
        label === IGNORED ? 0 : (lse[row] as number) - at(logits, row, label),
      );
      expectClose(outputs[0], [losses.reduce((a, b) => a + b, 0) / count]);
      expectClose(outputs[1], lse);
      expectClose(outputs[2], [1 / count], 1e-6);
      const one = (value: number): Numbers => ({ shape: [], values: [value] });
      const made = { lse: { shape: [rows], values: outputs[1] as number[] }, share: one(1 / count) };
      const given = { dy: one(0.5), logits, labels: ints(labels), ...made };
      expectClose(
        (await run('HoneCrossEntropyGrad', given, {}))[0],
        logits.values.map((value, i) => {
          const [row, c] = [Math.floor(i / classes), i % classes];
          if (labels[row] === IGNORED) return 0;
          return ((Math.exp(value - (lse[row] as number)) - (labels[row] === c ? 1 : 0)) * 0.5) / count;
        }),
      );
    }
  });

  test('cross-entropy stays finite where exp would overflow, and is 0 where no row counts', async () => {
    const logits: Numbers = { shape: [2, 2], values: [500, -500, -500, 500] };
    const loss = async (...labels: number[]): Promise<number[] | undefined> =>
      (await run('HoneCrossEntropy', { logits, labels: ints(labels) }, {}))[0];
    expect(await loss(0, 0)).toEqual([500]);
    expect(await loss(IGNORED, IGNORED)).toEqual([0]);
  });

  test.each([
    { rows: 1, columns: 1, group: 1 },
    { rows: 3, columns: 33, group: 2 },
    { rows: 130, columns: 7, group: 64 },
    { rows: 65, columns: 256, group: 65 },
  ])('weights [$rows, $columns] in few bits, groups of $group rows', async ({ rows, columns, group }) => {
    const shape = [Math.ceil(rows / group), columns];
    const scales = draw('scales', shape);
    for (const bits of [8, 4] as const) {
      const largest = 2 ** (bits - 1) - 1;
      const whole = range(rows * columns).map((i) => ((i * i + 3 * i) % (2 * largest + 1)) - largest);
      const words = range(Math.ceil((whole.length * bits) / 32)).map((word) =>
        whole
          .slice((word * 32) / bits, ((word + 1) * 32) / bits)
          .reduce((sum, value, i) => sum | ((value & (2 ** bits - 1)) << (bits * i)), 0),
      );
      const attrs = { rows, columns, bits, group };
      const expected = whole.map(
        (value, i) => value * at(scales, Math.floor(i / columns / group), i % columns),
      );
      expectClose((await run('HoneUnpack', { packed: ints(words), scales }, attrs))[0], expected, 1e-6);
    }
  });

  test('weights in halves, the smallest and the largest too', async () => {
    // Zeros, the least of all, the least and the most that is normal, 1, -2, π/2.
    const halves = [0, 0x8000, 0x0001, 0x0400, 0x7bff, 0x3c00, 0xc000, 0x3e48, 0xfbff];
    const expected = [0, 0, 2 ** -24, 2 ** -14, 65504, 1, -2, 1.5703125, -65504];
    const packed = ints(range(5).map((i) => (halves[2 * i] as number) | ((halves[2 * i + 1] ?? 0) << 16)));
    const [y] = await run('HoneUnpack', { packed }, { rows: 3, columns: 3, bits: 16, group: 3 });
    expectClose(y, expected, 1e-12);
  });

  // ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────────

  test.each([
    { rows: 1, length: 1, vocabulary: 3, width: 1 },
    { rows: 3, length: 11, vocabulary: 33, width: 3 },
    { rows: 2, length: 40, vocabulary: 7, width: 257 },
  ])('embedding of $rows × $length tokens, width $width', async ({ rows, length, vocabulary, width }) => {
    const [words, positions, segments] = [
      draw('w', [vocabulary, width]),
      draw('p', [length + 1, width]),
      draw('s', [2, width]),
    ];
    const ids = range(rows * length).map((i) => (i * i * 7) % vocabulary);
    const word = (n: number, d: number): number => at(words, ids[n] as number, d);
    const expected = (extra: (n: number, d: number) => number): number[] =>
      ids.flatMap((_, n) => range(width).map((d) => word(n, d) + extra(n, d)));
    const [all] = await run('HoneEmbed', { words, ids: ints(ids), positions, segments }, { length });
    expectClose(
      all,
      expected((n, d) => at(positions, n % length, d) + at(segments, 0, d)),
      1e-6,
    );
    expect((await run('HoneEmbed', { words, ids: ints(ids) }, { length }))[0]).toEqual(expected(() => 0));

    const dy = draw('dy', [ids.length, width]);
    const strays = ids.map((id, n) => (n % 5 === 4 ? (n % 2 === 0 ? -1 : vocabulary) : id));
    const sums = new Array<number>(vocabulary * width).fill(0);
    strays.forEach((id, n) => {
      if (id < 0 || id >= vocabulary) return;
      for (const d of range(width)) sums[id * width + d] = (sums[id * width + d] as number) + at(dy, n, d);
    });
    expectClose((await run('HoneScatterAdd', { dy, ids: ints(strays) }, { rows: vocabulary }))[0], sums);
  });

  attentionSuite();

  test('mean over tokens, padding left out', async () => {
    const [rows, length, width] = [3, 33, 5];
    const x = draw('x', [rows * length, width]);
    const mask: Numbers = {
      shape: [rows, length],
      values: range(rows * length).map((i) => (i % length <= 11 * Math.floor(i / length) ? 1 : 0)),
    };
    const counts = range(rows).map((row) => range(length).reduce((sum, t) => sum + at(mask, row, t), 0));
    const means = range(rows * width).map((i) => {
      const row = Math.floor(i / width);
      return (
        range(length).reduce((sum, t) => sum + at(mask, row, t) * at(x, row * length + t, i % width), 0) /
        (counts[row] as number)
      );
    });
    expectClose((await run('HoneMaskedMean', { x, mask }, { rows, length }))[0], means);
    const dy = draw('dy', [rows, width]);
    const spread = range(rows * length * width).map((i) => {
      const [row, t] = [Math.floor(i / (length * width)), Math.floor(i / width) % length];
      return (at(dy, row, i % width) * at(mask, row, t)) / (counts[row] as number);
    });
    expectClose((await run('HoneMaskedMeanGrad', { dy, mask }, { rows, length }))[0], spread);
  });

  // ── all weights ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** More weights than a dispatch has bindings for. */
  const WEIGHTS = [[1], [3, 33], [257], [5], [64, 4], [255], [2, 2], [33], [1, 1], [7, 11], [128], [3], [9]];

  test('global norm and clipping', async () => {
    const gradients = Object.fromEntries(WEIGHTS.map((shape, i) => [`g${i}`, draw(`g${i}`, shape)]));
    const norm = Math.sqrt(
      Object.values(gradients).reduce((sum, { values }) => sum + values.reduce((s, v) => s + v * v, 0), 0),
    );
    expectClose((await run('HoneGlobalNorm', gradients, { limit: 2 })).flat(), [norm, 2 / (norm + 1e-6)]);
    expectClose((await run('HoneGlobalNorm', gradients, { limit: 1e9 })).flat(), [norm, 1]);
  });

  test('AdamW moves weights and moments in place', async () => {
    const names = ['w', 'm', 'v'] as const;
    const held = Object.fromEntries(
      names.map((name) => [
        name,
        WEIGHTS.map((shape, i) => {
          const numbers = draw(`${name}${i}`, shape);
          return {
            ...numbers,
            values: numbers.values.map((value) => (name === 'v' ? Math.fround(value * value) : value)),
          };
        }),
      ]),
    ) as Record<(typeof names)[number], Numbers[]>;
    const variables = names.flatMap((name) =>
      held[name].map((numbers, i) => [`${name}${i}`, tf.tidy(() => tf.variable(toTensor(numbers)))] as const),
    );
    const decays = WEIGHTS.map((_, i) => (i % 2 === 0 ? 0.1 : 0));
    const rateScales = WEIGHTS.map((_, i) => 1 + i);
    const hyper = [0.01, 1 - BETA1 ** 3, 1 - BETA2 ** 3];
    const factor = 0.7;
    for (const step of range(2)) {
      const gradients = WEIGHTS.map((shape, i) => draw(`g${i}/${step}`, shape));
      const given = {
        ...Object.fromEntries(variables),
        ...Object.fromEntries(gradients.map((g, i) => [`g${i}`, toTensor(g)])),
        factor: tf.scalar(factor),
        hyper: tf.tensor1d(hyper),
      };
      fused('HoneAdamW', given, { count: WEIGHTS.length, decays, rateScales });
      tf.dispose([
        given.factor,
        given.hyper,
        ...WEIGHTS.map((_, i) => (given as Record<string, tf.Tensor>)[`g${i}`] as tf.Tensor),
      ]);
      gradients.forEach((gradient, i) => {
        const [w, m, v] = names.map((name) => (held[name][i] as Numbers).values) as [
          number[],
          number[],
          number[],
        ];
        gradient.values.forEach((value, j) => {
          const g = value * factor;
          m[j] = BETA1 * (m[j] as number) + (1 - BETA1) * g;
          v[j] = BETA2 * (v[j] as number) + (1 - BETA2) * g * g;
          const rate = (hyper[0] as number) * (rateScales[i] as number);
          const move =
            (m[j] as number) /
            (hyper[1] as number) /
            (Math.sqrt((v[j] as number) / (hyper[2] as number)) + 1e-8);
          w[j] = (w[j] as number) * (1 - rate * (decays[i] as number)) - rate * move;
        });
      });
    }
    for (const [name, variable] of variables) {
      const expected = held[name[0] as 'w'][Number(name.slice(1))] as Numbers;
      expectClose(Array.from(await variable.data()), expected.values);
    }
    // A value put in by `assign`, as restoring a checkpoint does, lies elsewhere until the next step.
    const [, first] = variables[0] as (typeof variables)[number];
    tf.tidy(() => first.assign(tf.tensor([5], [1])));
    expect(Array.from(await first.data())).toEqual([5]);
    tf.dispose(variables.map(([, variable]) => variable));
  });

  test('a batch without rows is refused', () => {
    const x = tf.tensor2d([], [0, 4]);
    expect(() => fused('HoneActivate', { x }, { activation: 'gelu' })).toThrow('no rows');
    x.dispose();
  });
}
