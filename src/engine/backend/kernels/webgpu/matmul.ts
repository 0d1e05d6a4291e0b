/**
 * y = α·op(a)·op(b) + bias + residual in several variants; `variants.ts` says which a shape takes. A thread computes a
 * block of y in registers. `direct` variants read a and b straight from memory; the others share tiles within a
 * workgroup. In every variant each element adds its products one by one in order of k, so that the choice of
 * variant never changes a result.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { fusedKernel } from '../contract';
import { type Bound, type Gpu, gpuOf, type Program, sourceOf } from './gpu';
import { type Shape, type Variant, variantFor } from './variants';
import { GELU } from './wgsl';

/** What is done with a finished sum, and what else is made on the way. */
interface Extras {
  bias: boolean;
  residual: boolean;
  gelu: boolean;
  /** Σ over k of op(b)[k, n]. */
  columnSum: boolean;
}

export const matMulWebGpu = fusedKernel('HoneMatMul', 'webgpu', ({ inputs, attrs, backend }) => {
  const { a, b, bias, residual } = inputs;
  const { transposeA, transposeB, alpha, gelu } = attrs;
  const [k, m] = transposeA ? a.shape : [...a.shape].reverse();
  const n = b.shape[transposeB ? 0 : 1];
  return multiply(gpuOf(backend), {
    shape: { m: m as number, n: n as number, k: k as number, transposeA, transposeB },
    alpha,
    a,
    b,
    bias,
    residual,
    gelu,
  });
});

export const weightGradWebGpu = fusedKernel(
  'HoneWeightGrad',
  'webgpu',
  ({ inputs: { x, dy }, attrs, backend }) =>
    multiply(gpuOf(backend), {
      shape: {
        m: x.shape[1] as number,
        n: dy.shape[1] as number,
        k: x.shape[0] as number,
        transposeA: true,
        transposeB: false,
      },
      alpha: 1,
      a: x,
      b: dy,
      gelu: false,
      columnSum: attrs.bias,
    }),
);

interface Product {
  shape: Shape;
  alpha: number;
  a: Bound;
  b: Bound;
  bias?: tf.TensorInfo | undefined;
  residual?: tf.TensorInfo | undefined;
  gelu: boolean;
  columnSum?: boolean;
}

/** [y, and GELU's slope, or the sum of b's columns, where asked for] */
function multiply(gpu: Gpu, product: Product): tf.TensorInfo[] {
  const { m, n } = product.shape;
  const outputs = [gpu.make([m, n])];
  if (product.gelu) outputs.push(gpu.make([m, n]));
  if (product.columnSum) outputs.push(gpu.make([n]));
  multiplyBy(gpu, variantFor(gpu, product.shape), product, outputs);
  return outputs;
}

export function multiplyBy(gpu: Gpu, variant: Variant, product: Product, outputs: readonly Bound[]): void {
  const { shape, a, b, bias, residual } = product;
  const { m, n, k } = shape;
  const extras: Extras = {
    bias: bias !== undefined,
    residual: residual !== undefined,
    gelu: product.gelu,
    columnSum: product.columnSum === true,
  };
  const fours = [m % 4 === 0, n % 4 === 0, k % 4 === 0] as const;
  const flags = [shape.transposeA, shape.transposeB, ...fours, ...Object.values(extras)];
  gpu.run({
    key: `matmul-${variant.name}-${flags.map(Number).join('')}`,
    program: () => programOf(variant, shape, extras),
    reads: [a, b, ...(bias ? [bias] : []), ...(residual ? [residual] : [])],
    writes: outputs,
    uniforms: [m, n, k, product.alpha],
    groups: [Math.ceil(n / (variant.columns * variant.x)), Math.ceil(m / (variant.rows * variant.y)), 1],
  });
}

/** The WGSL of a plain product, by which one edition of a variant is told from another. */
export function plainSource(variant: Variant): string {
  const shape = { m: 4, n: 4, k: 4, transposeA: false, transposeB: false };
  const extras = { bias: false, residual: false, gelu: false, columnSum: false };
  return sourceOf(programOf(variant, shape, extras));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const XYZW = ['x', 'y', 'z', 'w'] as const;
const lines = (list: readonly string[]): string => list.join('\n  ');

/** How a factor lies in memory, seen from the product: along k, or along its rows (a) or columns (b). */
interface Factor {
  name: 'a' | 'b';
  alongK: boolean;
  /** Read four values at a time. */
  fours: boolean;
  /** Uniform that holds its extent across k. */
  extent: 'm' | 'n';
}

function factorsOf({ m, n, k, transposeA, transposeB }: Shape): [Factor, Factor] {
  return [
    { name: 'a', alongK: !transposeA, fours: (transposeA ? m : k) % 4 === 0, extent: 'm' },
    { name: 'b', alongK: transposeB, fours: (transposeB ? k : n) % 4 === 0, extent: 'n' },
  ];
}

const elementOf = (fours: boolean): string => (fours ? 'vec4<f32>' : 'f32');

function programOf(variant: Variant, shape: Shape, extras: Extras): Program {
  const factors = factorsOf(shape);
  const wide = elementOf(shape.n % 4 === 0);
  return {
    reads: [
      ...factors.map(({ name, fours }) => [name, elementOf(fours)] as const),
      ...(extras.bias ? ([['bias', wide]] as const) : []),
      ...(extras.residual ? ([['residual', wide]] as const) : []),
    ],
    writes: [
      ['y', wide],
      ...(extras.gelu ? ([['slope', wide]] as const) : []),
      ...(extras.columnSum ? ([['sums', wide]] as const) : []),
    ],
    uniforms: [
      ['m', 'u32'],
      ['n', 'u32'],
      ['k', 'u32'],
      ['alpha', 'f32'],
    ],
    workgroup: [variant.x, variant.y, 1],
    declarations: (extras.gelu ? GELU : '') + (variant.depth > 0 ? sharedTiles(variant) : ''),
    body: lines([
      `let row = id.y * ${variant.rows}u;`,
      `let column = id.x * ${variant.columns}u;`,
      ...blocks(variant).map(([i, j]) => `var sum${i}_${j} = vec4<f32>();`),
      variant.depth > 0 ? sharedLoop(variant, factors) : directLoop(variant, factors, shape.k % 4 === 0),
      extras.columnSum ? columnSums(variant, factors[1]) : '',
      store(variant, shape.n % 4 === 0, extras),
    ]),
  };
}

/** (row, four columns) of a thread's block. */
const blocks = ({ rows, columns }: Variant): [i: number, j: number][] =>
  range(rows).flatMap((i) => range(columns / 4).map((j): [number, number] => [i, j]));

/** Adds one k: `a(i)` is a value, `b(j)` four. */
const multiplyAdd = (variant: Variant, a: (i: number) => string, b: (j: number) => string): string[] =>
  blocks(variant).map(([i, j]) => `sum${i}_${j} = fma(vec4<f32>(${a(i)}), ${b(j)}, sum${i}_${j});`);

// ── straight from memory ────────────────────────────────────────────────────────────────────────────────────────

/** Reads of one factor for a thread: before the loop, in a round of `step` k's, and the value of place i at k + s. */
interface Reader {
  before: string[];
  round(step: number): string[];
  value(i: number, s: number): string;
}

/** Places past the edge read the last valid ones; what they lead to is never stored. */
function reader({ name, alongK, fours, extent }: Factor, count: number, start: string): Reader {
  const last = `u.${extent} - 1u`;
  if (alongK) {
    const pitch = fours ? '(u.k / 4u)' : 'u.k';
    return {
      before: range(count).map((i) => `let ${name}at${i} = min(${start} + ${i}u, ${last}) * ${pitch};`),
      round: () =>
        range(count).map((i) => `let ${name}${i} = ${name}[${name}at${i} + ${fours ? 'k / 4u' : 'k'}];`),
      value: (i, s) => (fours ? `${name}${i}.${XYZW[s]}` : `${name}${i}`),
    };
  }
  if (fours) {
    return {
      before: range(count / 4).map(
        (g) => `let ${name}at${g} = min(${start} + ${4 * g}u, u.${extent} - 4u) / 4u;`,
      ),
      round: (step) =>
        range(step).flatMap((s) =>
          range(count / 4).map(
            (g) => `let ${name}${g}_${s} = ${name}[(k + ${s}u) * (u.${extent} / 4u) + ${name}at${g}];`,
          ),
        ),
      value: (i, s) => `${name}${i >> 2}_${s}.${XYZW[i % 4]}`,
    };
  }
  return {
    before: range(count).map((i) => `let ${name}at${i} = min(${start} + ${i}u, ${last});`),
    round: (step) =>
      range(step).flatMap((s) =>
        range(count).map((i) => `let ${name}${i}_${s} = ${name}[(k + ${s}u) * u.${extent} + ${name}at${i}];`),
      ),
    value: (i, s) => `${name}${i}_${s}`,
  };
}

/** Four values of a reader side by side. */
function four(factor: Factor, from: Reader, j: number, s: number): string {
  if (!factor.alongK && factor.fours) return `${factor.name}${j}_${s}`;
  return `vec4<f32>(${range(4)
    .map((c) => from.value(4 * j + c, s))
    .join(', ')})`;
}

function directLoop(variant: Variant, [a, b]: readonly [Factor, Factor], kInFours: boolean): string {
  const fromA = reader(a, variant.rows, 'row');
  const fromB = reader(b, variant.columns, 'column');
  const step = kInFours ? 4 : 1;
  return lines([
    'if (row >= u.m || column >= u.n) { return; }',
    ...fromA.before,
    ...fromB.before,
    `for (var k = 0u; k < u.k; k += ${step}u) {`,
    ...fromA.round(step),
    ...fromB.round(step),
    ...range(step).flatMap((s) =>
      multiplyAdd(
        variant,
        (i) => fromA.value(i, s),
        (j) => four(b, fromB, j, s),
      ),
    ),
    '}',
  ]);
}

// ── through tiles shared by a workgroup ─────────────────────────────────────────────────────────────────────────

/** Tiles are kept k by k; the extra column spreads the writes of a factor that lies along k over the banks. */
const pitchOf = (extent: number): number => extent + 4;

const sharedTiles = (variant: Variant): string => `
var<workgroup> tile_a: array<f32, ${variant.depth * pitchOf(variant.rows * variant.y)}>;
var<workgroup> tile_b: array<f32, ${variant.depth * pitchOf(variant.columns * variant.x)}>;
`;

/** Brings a factor's tile in: every thread reads some values or fours; zeros past the edges. */
function fill({ name, alongK, fours, extent }: Factor, variant: Variant): string {
  const { depth } = variant;
  const threads = variant.x * variant.y;
  const across = name === 'a' ? variant.rows * variant.y : variant.columns * variant.x;
  const first = name === 'a' ? `group.y * ${across}u` : `group.x * ${across}u`;
  const size = fours ? 4 : 1;
  const inner = (alongK ? depth : across) / size;
  const count = (depth * across) / size;
  const [x, k] = alongK
    ? [`e / ${inner}u`, `e % ${inner}u * ${size}u`]
    : [`e % ${inner}u * ${size}u`, `e / ${inner}u`];
  const index = alongK
    ? `((${first} + x) * u.k + k0 + k) / ${size}u`
    : `((k0 + k) * u.${extent} + ${first} + x) / ${size}u`;
  const value = `${name}[${index}]`;
  const at = (s: number): string =>
    alongK ? `(k + ${s}u) * ${pitchOf(across)}u + x` : `k * ${pitchOf(across)}u + x + ${s}u`;
  const place = (s: number): string => `tile_${name}[${at(s)}] = value${fours ? `.${XYZW[s]}` : ''};`;
  return lines([
    `for (var e = lane; e < ${count}u; e += ${threads}u) {`,
    `let x = ${x}; let k = ${k};`,
    `var value = ${elementOf(fours)}();`,
    `if (${first} + x < u.${extent} && k0 + k < u.k) { value = ${value}; }`,
    ...range(size).map(place),
    '}',
  ]);
}

function sharedLoop(variant: Variant, [a, b]: readonly [Factor, Factor]): string {
  const pitchA = pitchOf(variant.rows * variant.y);
  const pitchB = pitchOf(variant.columns * variant.x);
  return lines([
    `for (var k0 = 0u; k0 < u.k; k0 += ${variant.depth}u) {`,
    fill(a, variant),
    fill(b, variant),
    'workgroupBarrier();',
    `for (var k = 0u; k < ${variant.depth}u; k++) {`,
    `let from_a = k * ${pitchA}u + local.y * ${variant.rows}u;`,
    `let from_b = k * ${pitchB}u + local.x * ${variant.columns}u;`,
    ...range(variant.rows).map((i) => `let a${i} = tile_a[from_a + ${i}u];`),
    ...range(variant.columns / 4).map(
      (j) =>
        `let b${j} = vec4<f32>(${range(4)
          .map((c) => `tile_b[from_b + ${4 * j + c}u]`)
          .join(', ')});`,
    ),
    ...multiplyAdd(
      variant,
      (i) => `a${i}`,
      (j) => `b${j}`,
    ),
    '}',
    'workgroupBarrier();',
    '}',
    'if (row >= u.m || column >= u.n) { return; }',
  ]);
}

// ── what is made of the sums ────────────────────────────────────────────────────────────────────────────────────

/** The threads of the first rows add up b's columns, too. */
function columnSums(variant: Variant, b: Factor): string {
  const from = reader(b, variant.columns, 'column');
  const groups = range(variant.columns / 4);
  return lines([
    'if (row == 0u) {',
    ...groups.map((j) => `var total${j} = vec4<f32>();`),
    ...from.before,
    'for (var k = 0u; k < u.k; k++) {',
    ...from.round(1),
    ...groups.map((j) => `total${j} += ${four(b, from, j, 0)};`),
    '}',
    ...groups.flatMap((j) => storeFour(b.fours, `column + ${4 * j}u`, '0u', 'sums', `total${j}`)),
    '}',
  ]);
}

/** Writes four columns of a row that starts at `start`; those past the edge are left out. */
function storeFour(fours: boolean, column: string, start: string, into: string, value: string): string[] {
  if (fours) return [`if (${column} < u.n) { ${into}[(${start} + ${column}) / 4u] = ${value}; }`];
  return XYZW.map(
    (part, c) => `if (${column} + ${c}u < u.n) { ${into}[${start} + ${column} + ${c}u] = ${value}.${part}; }`,
  );
}

const vector = (part: (name: string) => string): string => `vec4<f32>(${XYZW.map(part).join(', ')})`;

function store(variant: Variant, fours: boolean, extras: Extras): string {
  const read = (from: string, start: string, j: number): string => {
    if (fours) return `${from}[(${start} + min(column + ${4 * j}u, u.n - 4u)) / 4u]`;
    return `vec4<f32>(${range(4)
      .map((c) => `${from}[${start} + min(column + ${4 * j + c}u, u.n - 1u)]`)
      .join(', ')})`;
  };
  return lines(
    blocks(variant).flatMap(([i, j]) => {
      const column = `column + ${4 * j}u`;
      const z = `z${i}_${j}`;
      const start = `start${i}`;
      return [
        ...(j === 0 ? [`if (row + ${i}u >= u.m) { return; }`, `let ${start} = (row + ${i}u) * u.n;`] : []),
        `var ${z} = u.alpha * sum${i}_${j};`,
        ...(extras.bias ? [`${z} += ${read('bias', '0u', j)};`] : []),
        ...(extras.residual ? [`${z} += ${read('residual', start, j)};`] : []),
        ...(extras.gelu
          ? [
              ...XYZW.map((part) => `let ${z}${part} = gelu(${z}.${part});`),
              ...storeFour(
                fours,
                column,
                start,
                'slope',
                vector((part) => `${z}${part}.y`),
              ),
              `${z} = ${vector((part) => `${z}${part}.x`)};`,
            ]
          : []),
        ...storeFour(fours, column, start, 'y', z),
      ];
    }),
  );
}
