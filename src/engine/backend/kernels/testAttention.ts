/** What every form of attention owes: float64's results, whatever its queries see. */
import { describe, test } from 'vitest';
import { keepFactors } from './dropoutHash';
import { at, draw, expectClose, ints, type Numbers, range, run } from './testNumbers';

interface AttentionShape {
  rows: number;
  heads: number;
  kvHeads?: number;
  length: number;
  /** Keys that are there before the first query. */
  offset?: number;
  before?: number;
  after?: number;
  size: number;
  /** Keys of each text that are padding. */
  masked: number[][];
}

/** Attention and its gradients, query by query. */
function attentionReference(
  { q, k, v, dout, mask }: Record<'q' | 'k' | 'v' | 'dout' | 'mask', Numbers>,
  shape: AttentionShape,
  keep: ArrayLike<number> | null,
) {
  const { rows, heads, kvHeads = heads, length, offset = 0, size } = shape;
  const { before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY } = shape;
  const zeros = ({ values }: Numbers): number[] => values.map(() => 0);
  const [out, dq, dk, dv] = [zeros(q), zeros(q), zeros(k), zeros(v)];
  const lse: number[] = [];
  const count = mask.shape[1] as number;
  for (const query of range(rows * heads * length)) {
    const [text, head, own] = [
      Math.floor(query / (heads * length)),
      Math.floor(query / length) % heads,
      query % length,
    ];
    const kvHead = Math.floor(head / (heads / kvHeads));
    const queryAt = ((text * length + own) * heads + head) * size;
    /** First element of a key's part for this head. */
    const keyAt = (j: number): number => ((text * count + j) * kvHeads + kvHead) * size;
    const dot = (a: Numbers, b: Numbers, j: number): number =>
      range(size).reduce(
        (s, c) => s + (a.values[queryAt + c] as number) * (b.values[keyAt(j) + c] as number),
        0,
      );
    const add = (to: number[], place: number, share: number, values: Numbers, source: number): void => {
      for (const c of range(size))
        to[place + c] = (to[place + c] as number) + share * (values.values[source + c] as number);
    };
    const keys = range(count).filter(
      (j) => at(mask, text, j) !== 0 && j - own - offset >= -before && j - own - offset <= after,
    );
    const scores = keys.map((j) => dot(q, k, j) / Math.sqrt(size));
    const top = Math.max(...scores);
    const total = scores.reduce((s, score) => s + Math.exp(score - top), 0);
    lse.push(keys.length > 0 ? top + Math.log(total) : 0);
    const weights = scores.map((score) => Math.exp(score - top) / total);
    const kept = weights.map((w, i) => w * (keep?.[query * count + (keys[i] as number)] ?? 1));
    const pulls = keys.map((j, i) => (kept[i] as number) * dot(dout, v, j));
    const along = pulls.reduce((a, b) => a + b, 0);
    keys.forEach((j, i) => {
      const slope = ((pulls[i] as number) - (weights[i] as number) * along) / Math.sqrt(size);
      add(out, queryAt, kept[i] as number, v, keyAt(j));
      add(dv, keyAt(j), kept[i] as number, dout, queryAt);
      add(dq, queryAt, slope, k, keyAt(j));
      add(dk, keyAt(j), slope, q, queryAt);
    });
  }
  return { out, lse, dq, dk, dv };
}

const ATTENTIONS: Record<string, AttentionShape> = {
  'one token': { rows: 1, heads: 1, length: 1, size: 3, masked: [[]] },
  'padding at both ends': { rows: 2, heads: 3, length: 17, size: 5, masked: [[0, 3], range(17).slice(9)] },
  'heads of one value': { rows: 3, heads: 1, length: 7, size: 1, masked: [[6], [], [1, 2]] },
  'nothing but padding': { rows: 2, heads: 2, length: 33, size: 33, masked: [range(33), [32]] },
  'wide heads': { rows: 1, heads: 1, length: 65, size: 68, masked: [[64]] },
  'grouped queries': { rows: 2, heads: 6, kvHeads: 2, length: 17, size: 5, masked: [[], [15, 16]] },
  'one head for all': { rows: 2, heads: 3, kvHeads: 1, length: 9, size: 8, masked: [range(9), [8]] },
  causal: { rows: 2, heads: 2, length: 33, after: 0, size: 3, masked: [[], range(33).slice(20)] },
  'causal, padding first': {
    rows: 2,
    heads: 1,
    length: 9,
    after: 0,
    size: 4,
    masked: [[0, 1, 2], range(9)],
  },
  'causal over several blocks': {
    rows: 1,
    heads: 4,
    kvHeads: 2,
    length: 101,
    after: 0,
    size: 4,
    masked: [[100]],
  },
  'a window': {
    rows: 2,
    heads: 2,
    length: 33,
    before: 3,
    after: 3,
    size: 5,
    masked: [[7, 8], range(33).slice(9)],
  },
  'a window over several blocks': {
    rows: 1,
    heads: 1,
    length: 131,
    before: 5,
    after: 5,
    size: 4,
    masked: [[60]],
  },
  'a window of one': { rows: 1, heads: 2, length: 7, before: 0, after: 0, size: 3, masked: [[3]] },
  'a causal window': {
    rows: 1,
    heads: 2,
    kvHeads: 1,
    length: 65,
    before: 8,
    after: 0,
    size: 4,
    masked: [[1]],
  },
  'one new query': {
    rows: 2,
    heads: 4,
    kvHeads: 2,
    length: 1,
    offset: 32,
    after: 0,
    size: 8,
    masked: [[0], []],
  },
  'new queries behind others': {
    rows: 2,
    heads: 2,
    length: 3,
    offset: 6,
    after: 0,
    size: 5,
    masked: [[], [8]],
  },
  'keys that no token made': { rows: 2, heads: 2, length: 33, offset: 3, size: 4, masked: [[35], []] },
};

/** Registers the tests, within `kernelSuite`. */
export function attentionSuite(): void {
  describe.each(Object.entries(ATTENTIONS))('attention, %s', (_, shape) => {
    const { rows, heads, kvHeads = heads, length, offset = 0, size, masked } = shape;
    const { before = Number.POSITIVE_INFINITY, after = Number.POSITIVE_INFINITY } = shape;
    const keys = offset + length;
    const [q, dout] = ['q', 'dout'].map((name) => draw(name, [rows * length, heads * size])) as [
      Numbers,
      Numbers,
    ];
    const [k, v] = ['k', 'v'].map((name) => draw(name, [rows * keys, kvHeads * size])) as [Numbers, Numbers];
    const mask: Numbers = {
      shape: [rows, keys],
      values: range(rows * keys).map((i) => (masked[Math.floor(i / keys)]?.includes(i % keys) ? 0 : 1)),
    };

    test.each([{ rate: 0 }, { rate: 0.25 }])('dropping $rate of the weights', async ({ rate }) => {
      const keep = rate > 0 ? keepFactors(rows * heads * length * keys, 77, 5, rate) : null;
      const { out, lse, dq, dk, dv } = attentionReference({ q, k, v, dout, mask }, shape, keep);
      const attrs = { rows, length, heads, offset, before, after, rate, salt: 5 };
      const seed = ints([77]);
      const forward = await run('HoneAttention', { q, k, v, mask, seed }, attrs);
      expectClose(forward[0], out);
      expectClose(forward[1], lse);
      const made = {
        out: { shape: q.shape, values: forward[0] as number[] },
        lse: { shape: [rows, heads, length], values: forward[1] as number[] },
      };
      const back = await run('HoneAttentionGrad', { dout, q, k, v, ...made, mask, seed }, attrs);
      [dq, dk, dv].forEach((expected, i) => {
        expectClose(back[i], expected);
      });
    });
  });
}
