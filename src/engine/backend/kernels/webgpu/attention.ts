/**
 * Attention without B·H·T·T buffers: a thread a query (or, for dk and dv, a key) goes through the other side one by
 * one with its own row and its sums in registers. The softmax is taken on the way (Milakov & Gimelshein 2018); the
 * gradient computes the weights again from `lse`. Keys that a query does not see are skipped.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { attentionSizes } from '../attentionSizes';
import { type AttentionAttrs, fusedKernel, MASKED } from '../contract';
import { DROP_UNIFORMS, dropUniforms } from './elementwise';
import { type Binding, type Gpu, gpuOf, type Program } from './gpu';
import { KEEP } from './wgsl';

const SIZE = 32;

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

const UNIFORMS = [
  ['length', 'u32'],
  ['keys', 'u32'],
  ['heads', 'u32'],
  ['kv_heads', 'u32'],
  ['offset', 'u32'],
  ['before', 'u32'],
  ['after', 'u32'],
  ['scale', 'f32'],
  ...DROP_UNIFORMS,
] as const;

/** What a thread is for, and where its places begin: elements of q and of k for its own head, queries of `lse`. */
const PRELUDES = {
  query: /* wgsl */ `
  if (own >= u.length) { return; }
  let head = id.y;
  let kv_head = head / (u.heads / u.kv_heads);
  let start = (text * u.length * u.heads + head) * W;
  let line = (text * u.heads + head) * u.length;
  let seen_first = u32(max(i32(u.offset + own) - i32(u.before), 0));
  let seen_end = min(u.offset + own + u.after + 1u, u.keys);`,
  key: /* wgsl */ `
  if (own >= u.keys) { return; }
  let kv_head = id.y;
  let shared_by = u.heads / u.kv_heads;
  let seen_first = u32(clamp(i32(own) - i32(u.after) - i32(u.offset), 0, i32(u.length)));
  let seen_end = u32(clamp(i32(own + u.before) - i32(u.offset) + 1, 0, i32(u.length)));`,
} as const;

/** Runs a thread for every (text, query head, query) or (text, key head, key). */
function run(
  gpu: Gpu,
  options: {
    name: string;
    per: keyof typeof PRELUDES;
    given: Record<'q' | 'k' | 'mask', tf.TensorInfo>;
    attrs: AttentionAttrs;
    reads: readonly (readonly [name: string, tensor: tf.TensorInfo, flat?: 'flat'])[];
    writes: readonly (readonly [name: string, tensor: tf.TensorInfo, flat?: 'flat'])[];
    seed: tf.TensorInfo | undefined;
    body: (each: (lines: string) => string, keep: (at: string) => string) => string;
  },
): void {
  const { name, per, given, attrs, reads, writes, body } = options;
  const { size, keys, kvHeads, before, after } = attentionSizes(given, attrs);
  const seed = attrs.rate > 0 ? options.seed : undefined;
  const row = rowOf(size);
  const declared = (list: typeof reads): Binding[] =>
    list.map(([input, , flat]) => [input, flat ? 'f32' : row.element]);
  const [threads, heads] = per === 'query' ? [attrs.length, attrs.heads] : [keys, kvHeads];
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
  let text = id.z;
  ${PRELUDES[per]}
  let stride = u.heads * W;
  let kv_stride = u.kv_heads * W;
  let kv_from = (text * u.keys * u.kv_heads + kv_head) * W;
  ${seed ? 'let key = drop_key();' : ''}
  ${body(everyElement(row), (at) => (seed ? ` * keep(${at}, key)` : ''))}`,
    }),
    reads: reads.map(([, tensor]) => tensor),
    writes: writes.map(([, tensor]) => tensor),
    ...(seed ? { scalars: [seed] } : {}),
    uniforms: [
      ...[attrs.length, keys, attrs.heads, kvHeads, attrs.offset, before, after, 1 / Math.sqrt(size)],
      ...dropUniforms(attrs),
    ],
    groups: [Math.ceil(threads / SIZE), heads, attrs.rows],
  });
}

export const attentionWebGpu = fusedKernel('HoneAttention', 'webgpu', ({ inputs, attrs, backend }) => {
  const gpu = gpuOf(backend);
  const { q, k, v, mask, seed } = inputs;
  const { rows, length, heads } = attrs;
  const [out, lse] = [gpu.make(q.shape), gpu.make([rows, heads, length])];
  run(gpu, {
    name: 'attention',
    per: 'query',
    given: inputs,
    attrs,
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
  ${each('query[d] = q[start + own * stride + d]; sum[d] = Element();')}
  var top = f32(${MASKED});
  var total = 0.0;
  for (var j = seen_first; j < seen_end; j++) {
    if (mask[text * u.keys + j] == 0.0) { continue; }
    let at = kv_from + j * kv_stride;
    var score = 0.0;
    ${each('score += product(query[d], k[at + d]);')}
    score *= u.scale;
    if (score > top) {
      let shrink = exp(max(top - score, -80.0)) * f32(top > f32(${MASKED}));
      total *= shrink;
      ${each('sum[d] *= shrink;')}
      top = score;
    }
    let weight = exp(max(score - top, -80.0));
    total += weight;
    let kept = weight${keep('(line + own) * u.keys + j')};
    ${each('sum[d] += kept * v[at + d];')}
  }
  // A query that sees no key has summed nothing.
  let answered = total > 0.0;
  let divisor = select(1.0, total, answered);
  ${each('out[start + own * stride + d] = sum[d] / divisor;')}
  lse[line + own] = select(0.0, top + log(divisor), answered);`,
  });
  return [out, lse];
});

/** The weight of a key for query i, again. */
const WEIGHT = (i: string): string => `exp(clamp(score * u.scale - pairs[2u * (line + ${i})], -80.0, 80.0))`;

export const attentionGradWebGpu = fusedKernel(
  'HoneAttentionGrad',
  'webgpu',
  ({ inputs, attrs, backend }) => {
    const gpu = gpuOf(backend);
    const { dout, q, k, v, out, lse, mask, seed } = inputs;
    const { rows, length, heads } = attrs;
    const shared = { given: inputs, attrs, seed };
    // lse and Σ dout·out of each query side by side: one binding for what both kernels read.
    const pairs = gpu.make([rows, heads, length, 2]);
    run(gpu, {
      ...shared,
      seed: undefined,
      name: 'attention-pairs',
      per: 'query',
      reads: [
        ['dout', dout],
        ['y', out],
        ['lse', lse, 'flat'],
      ],
      writes: [['pairs', pairs, 'flat']],
      body: (each) => /* wgsl */ `
  var along = 0.0;
  ${each('along += product(dout[start + own * stride + d], y[start + own * stride + d]);')}
  pairs[2u * (line + own)] = lse[line + own];
  pairs[2u * (line + own) + 1u] = along;`,
    });
    const [dq, dk, dv] = [gpu.make(q.shape), gpu.make(k.shape), gpu.make(k.shape)];
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
      per: 'query',
      reads,
      writes: [['dq', dq]],
      body: (each, keep) => /* wgsl */ `
  var query: array<Element, W>;
  var moved: array<Element, W>;
  var sum: array<Element, W>;
  ${each('query[d] = q[start + own * stride + d]; moved[d] = dout[start + own * stride + d]; sum[d] = Element();')}
  let along = pairs[2u * (line + own) + 1u];
  for (var j = seen_first; j < seen_end; j++) {
    if (mask[text * u.keys + j] == 0.0) { continue; }
    let at = kv_from + j * kv_stride;
    var score = 0.0;
    var change = 0.0;
    ${each('score += product(query[d], k[at + d]); change += product(moved[d], v[at + d]);')}
    let weight = ${WEIGHT('own')};
    let ds = weight * (change${keep('(line + own) * u.keys + j')} - along) * u.scale;
    ${each('sum[d] += ds * k[at + d];')}
  }
  ${each('dq[start + own * stride + d] = sum[d];')}`,
    });
    run(gpu, {
      ...shared,
      name: 'attention-dkv',
      per: 'key',
      reads,
      writes: [
        ['dk', dk],
        ['dv', dv],
      ],
      body: (each, keep) => /* wgsl */ `
  var sum_k: array<Element, W>;
  var sum_v: array<Element, W>;
  ${each('sum_k[d] = Element(); sum_v[d] = Element();')}
  let to = kv_from + own * kv_stride;
  let open = mask[text * u.keys + own] != 0.0;
  for (var head = kv_head * shared_by; open && head < (kv_head + 1u) * shared_by; head++) {
    let start = (text * u.length * u.heads + head) * W;
    let line = (text * u.heads + head) * u.length;
    for (var i = seen_first; i < seen_end; i++) {
      let at = start + i * stride;
      var score = 0.0;
      var change = 0.0;
      ${each('score += product(q[at + d], k[to + d]); change += product(dout[at + d], v[to + d]);')}
      let weight = ${WEIGHT('i')};
      let kept = weight${keep('(line + i) * u.keys + own')};
      let ds = (kept * change - weight * pairs[2u * (line + i) + 1u]) * u.scale;
      ${each('sum_k[d] += ds * q[at + d]; sum_v[d] += kept * dout[at + d];')}
    }
  }
  ${each('dk[to + d] = sum_k[d]; dv[to + d] = sum_v[d];')}`,
    });
    gpu.free(pairs);
    return [dq, dk, dv];
  },
);
