/**
 * Attention without B·H·T·T buffers: a thread a query (or, for dk and dv, a key) goes through the other side one by
 * one with its own row and its sums in registers. The softmax is taken on the way (Milakov & Gimelshein 2018); the
 * gradient computes the weights again from `lse`. Padding is skipped, unless a text is nothing but padding.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { type FusedKernels, fusedKernel, MASKED } from '../contract';
import { DROP_UNIFORMS, dropUniforms } from './elementwise';
import { type Binding, type Gpu, gpuOf, type Program } from './gpu';
import { KEEP } from './wgsl';

const SIZE = 32;

type Attrs = FusedKernels['HoneAttention']['attrs'];

/** Four values at a time where a head's width allows it. */
interface Row {
  element: string;
  /** Elements a head. */
  count: number;
}

const rowOf = (headWidth: number): Row =>
  headWidth % 4 === 0 ? { element: 'vec4<f32>', count: headWidth / 4 } : { element: 'f32', count: headWidth };

/** Most elements of a head whose loops are written out, so that its arrays can stay in registers. */
const WRITTEN_OUT = 32;

/** Repeats lines for every element `d` of a head. */
const everyElement =
  ({ count }: Row) =>
  (lines: string): string =>
    count <= WRITTEN_OUT
      ? Array.from({ length: count }, (_, d) => lines.replaceAll(/\bd\b/g, `${d}u`)).join(' ')
      : `for (var d = 0u; d < W; d++) { ${lines} }`;

const UNIFORMS = [['length', 'u32'], ['heads', 'u32'], ['scale', 'f32'], ...DROP_UNIFORMS] as const;

/** Runs a thread for every (text, head, token). */
function run(
  gpu: Gpu,
  options: {
    name: string;
    attrs: Attrs;
    width: number;
    reads: readonly (readonly [name: string, tensor: tf.TensorInfo, flat?: 'flat'])[];
    writes: readonly (readonly [name: string, tensor: tf.TensorInfo, flat?: 'flat'])[];
    seed: tf.TensorInfo | undefined;
    body: (each: (lines: string) => string, keep: (at: string) => string) => string;
  },
): void {
  const { name, attrs, width, reads, writes, body } = options;
  const seed = attrs.rate > 0 ? options.seed : undefined;
  const row = rowOf(width / attrs.heads);
  const declared = (list: typeof reads): Binding[] =>
    list.map(([input, , flat]) => [input, flat ? 'f32' : row.element]);
  gpu.run({
    key: `${name}-${row.element}-${row.count}${seed ? '-dropout' : ''}`,
    program: (): Program => ({
      reads: declared(reads),
      writes: declared(writes),
      ...(seed ? { scalars: [['seed', 'i32']] } : {}),
      uniforms: UNIFORMS,
      workgroup: [SIZE, 1, 1],
      declarations: `const W = ${row.count}u; alias Element = ${row.element};
${seed ? KEEP : ''}
fn product(a: Element, b: Element) -> f32 { return ${row.element === 'f32' ? 'a * b' : 'dot(a, b)'}; }`,
      body: /* wgsl */ `
  let own = id.x;
  let head = id.y;
  let text = id.z;
  if (own >= u.length) { return; }
  let stride = u.heads * W;
  let base = text * u.length * stride + head * W;
  let line = (text * u.heads + head) * u.length;
  var some = false;
  for (var j = 0u; j < u.length; j++) { some = some || mask[text * u.length + j] != 0.0; }
  ${seed ? 'let key = drop_key();' : ''}
  ${body(everyElement(row), (at) => (seed ? ` * keep(${at}, key)` : ''))}`,
    }),
    reads: reads.map(([, tensor]) => tensor),
    writes: writes.map(([, tensor]) => tensor),
    ...(seed ? { scalars: [seed] } : {}),
    uniforms: [attrs.length, attrs.heads, 1 / Math.sqrt(width / attrs.heads), ...dropUniforms(attrs)],
    groups: [Math.ceil(attrs.length / SIZE), attrs.heads, attrs.rows],
  });
}

export const attentionWebGpu = fusedKernel('HoneAttention', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { q, k, v, mask, seed } = inputs;
  const { rows, length, heads } = attrs;
  const [out, lse] = [gpu.make(q.shape), gpu.make([rows, heads, length])];
  run(gpu, {
    name: 'attention',
    attrs,
    width: q.shape[1] as number,
    reads: [
      ['q', q],
      ['k', k],
      ['v', v],
      ['mask', mask, 'flat'],
    ],
    writes: [
      ['out', out],
      ['lse', lse, 'flat'],
    ],
    seed,
    body: (each, keep) => /* wgsl */ `
  var query: array<Element, W>;
  var sum: array<Element, W>;
  ${each('query[d] = q[base + own * stride + d]; sum[d] = Element();')}
  var top = f32(${MASKED});
  var total = 0.0;
  for (var j = 0u; j < u.length; j++) {
    let open = mask[text * u.length + j] != 0.0;
    if (some && !open) { continue; }
    let at = base + j * stride;
    var score = f32(${MASKED});
    if (open) {
      score = 0.0;
      ${each('score += product(query[d], k[at + d]);')}
      score *= u.scale;
    }
    if (score > top) {
      let shrink = exp(max(top - score, -80.0)) * f32(top > f32(${MASKED}));
      total *= shrink;
      ${each('sum[d] *= shrink;')}
      top = score;
    }
    let weight = exp(max(score - top, -80.0));
    total += weight;
    let kept = weight${keep('(line + own) * u.length + j')};
    ${each('sum[d] += kept * v[at + d];')}
  }
  ${each('out[base + own * stride + d] = sum[d] / total;')}
  lse[line + own] = top + log(total);`,
  });
  return [out, lse];
});

/** The weight of key j for query i, again; a text of nothing but padding attends evenly. */
const WEIGHT = (i: string): string => `select(
      1.0 / f32(u.length),
      exp(clamp(score * u.scale - pairs[2u * (line + ${i})], -80.0, 80.0)),
      some,
    )`;

export const attentionGradWebGpu = fusedKernel(
  'HoneAttentionGrad',
  'webgpu',
  ({ inputs, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const { dout, q, k, v, out, lse, mask, seed } = inputs;
    const { rows, length, heads } = attrs;
    const width = q.shape[1] as number;
    const shared = { attrs, width, seed };
    // lse and Σ dout·out of each query side by side: one binding for what both kernels read.
    const pairs = gpu.make([rows, heads, length, 2]);
    run(gpu, {
      ...shared,
      seed: undefined,
      name: 'attention-pairs',
      reads: [
        ['dout', dout],
        ['y', out],
        ['lse', lse, 'flat'],
        ['mask', mask, 'flat'],
      ],
      writes: [['pairs', pairs, 'flat']],
      body: (each) => /* wgsl */ `
  var along = 0.0;
  ${each('along += product(dout[base + own * stride + d], y[base + own * stride + d]);')}
  pairs[2u * (line + own)] = lse[line + own];
  pairs[2u * (line + own) + 1u] = select(0.0, along, some);`,
    });
    const [dq, dk, dv] = [gpu.make(q.shape), gpu.make(q.shape), gpu.make(q.shape)];
    const reads = [
      ['dout', dout],
      ['q', q],
      ['k', k],
      ['v', v],
      ['mask', mask, 'flat'],
      ['pairs', pairs, 'flat'],
    ] as const;
    run(gpu, {
      ...shared,
      name: 'attention-dq',
      reads,
      writes: [['dq', dq]],
      body: (each, keep) => /* wgsl */ `
  var query: array<Element, W>;
  var moved: array<Element, W>;
  var sum: array<Element, W>;
  ${each('query[d] = q[base + own * stride + d]; moved[d] = dout[base + own * stride + d]; sum[d] = Element();')}
  let along = pairs[2u * (line + own) + 1u];
  for (var j = 0u; j < u.length; j++) {
    if (mask[text * u.length + j] == 0.0) { continue; }
    let at = base + j * stride;
    var score = 0.0;
    var change = 0.0;
    ${each('score += product(query[d], k[at + d]); change += product(moved[d], v[at + d]);')}
    let weight = ${WEIGHT('own')};
    let ds = weight * (change${keep('(line + own) * u.length + j')} - along) * u.scale;
    ${each('sum[d] += ds * k[at + d];')}
  }
  ${each('dq[base + own * stride + d] = sum[d];')}`,
    });
    run(gpu, {
      ...shared,
      name: 'attention-dkv',
      reads,
      writes: [
        ['dk', dk],
        ['dv', dv],
      ],
      body: (each, keep) => /* wgsl */ `
  var sum_k: array<Element, W>;
  var sum_v: array<Element, W>;
  ${each('sum_k[d] = Element(); sum_v[d] = Element();')}
  let open = mask[text * u.length + own] != 0.0;
  if (open || !some) {
    for (var i = 0u; i < u.length; i++) {
      let at = base + i * stride;
      var score = 0.0;
      var change = 0.0;
      ${each('score += product(q[at + d], k[base + own * stride + d]); change += product(dout[at + d], v[base + own * stride + d]);')}
      let weight = ${WEIGHT('i')};
      let kept = weight${keep('(line + i) * u.length + own')};
      let ds = select(0.0, (kept * change - weight * pairs[2u * (line + i) + 1u]) * u.scale, open);
      ${each('sum_k[d] += ds * q[at + d]; sum_v[d] += kept * dout[at + d];')}
    }
  }
  ${each('dk[base + own * stride + d] = sum_k[d]; dv[base + own * stride + d] = sum_v[d];')}`,
    });
    gpu.free(pairs);
    return [dq, dk, dv];
  },
);
