import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../../backend/start';
import { disposeModel, type LoadedModel } from '../../model/load';
import { largestGap, rowsOf, tune, WASM } from '../../testing/testModels';
import { tinyModel } from '../../testing/tinyModel';
import { drain, readTexts } from '../../training/rows';
import { PROMPT_TEXT } from './spec';

let base: LoadedModel;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await tinyModel();
});

afterAll(() => disposeModel(base));

const COUNT = 7;
const EXAMPLES = [
  { text: 'a very good film', label: 0 },
  { text: 'lost', label: 0 },
];

test('a prompt of an instruction’s tokens is the instruction, read before every text', async () => {
  const { texts: own } = rowsOf(base, EXAMPLES);
  const instruction = base.tokenizer.encode(PROMPT_TEXT, 1000).ids.slice(0, COUNT);
  const written = own.map(({ ids }) => ({ ids: Int32Array.from([...instruction, ...ids]), fullLength: 0 }));
  const [prompted, untouched] = [
    await tune(base, 'prompt', { settings: { virtualTokens: COUNT } }),
    await tune(base, 'head'),
  ];
  const soft = await drain(readTexts(prompted, own, null));
  const hard = await drain(readTexts(untouched, written, null));
  soft.pooled.forEach((vector, i) => {
    expect(largestGap(vector, hard.pooled[i] ?? [])).toBeLessThan(1e-5);
  });
  prompted.dispose();
  untouched.dispose();
});

test.each(['sampled', 'random'])('a start %s depends on the seed', async (start) => {
  const values = async (seed: number): Promise<Float32Array | undefined> => {
    const model = await tune(base, 'prompt', { settings: { start }, seed });
    const data = (await model.read()).get('prompt_embeddings')?.data;
    model.dispose();
    return data;
  };
  expect(await values(1)).toEqual(await values(1));
  expect(largestGap((await values(1)) ?? [], (await values(2)) ?? [])).toBeGreaterThan(0.1);
});
