/** Starting from the label descriptions: the classifier's first answers are zero-shot's. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend } from '../backend/start';
import { zeroShot } from '../evaluation/zeroShot';
import { disposeModel, type LoadedModel } from '../model/load';
import { builtInModel, rowsOf, WASM } from '../testing/testModels';
import { drain, predictRows, readTexts } from '../training/rows';
import { HEAD_BIAS, HEAD_WEIGHT, type TunedModel } from '../tuning/tuned';
import { createProbe, describedHead, readDescriptions } from './baseline';

const TEXTS = [
  'Where is my parcel?',
  'I was charged twice for one order',
  'I cannot sign in any more',
  'The courier left the box in the rain',
  'My invoice is wrong',
  'Please reset my password',
];
const CLASSES = ['delivery', 'billing', 'account'];
const CONFIG = {
  descriptions: {
    delivery: 'a parcel and its delivery',
    billing: 'money, invoices and refunds',
    account: 'login and password',
  },
};

let base: LoadedModel;
let probe: TunedModel;

beforeAll(async () => {
  await startBackend({ choice: 'wasm', wasm: WASM });
  base = await builtInModel();
  probe = await createProbe(base, CLASSES.length, 1);
});

afterAll(() => {
  probe.dispose();
  disposeModel(base);
});

const best = (row: readonly number[]): number => row.indexOf(Math.max(...row));

test('a head of the descriptions answers by the closest of them, as sure as zero-shot is', async () => {
  const descriptions = await readDescriptions(probe, CLASSES, CONFIG, 64);
  probe.adopt(await describedHead(probe, descriptions), [HEAD_WEIGHT, HEAD_BIAS]);
  const rows = rowsOf(
    base,
    TEXTS.map((text) => ({ text, label: 0 })),
  );
  const found = await drain(predictRows(probe, rows));
  const { pooled } = await drain(readTexts(probe, rows.texts, null));
  const expected = zeroShot(pooled, descriptions);
  expect(found.map(best)).toEqual(expected.map(best));
  expect(new Set(found.map(best)).size).toBe(CLASSES.length);
  found.forEach((row, i) => {
    row.forEach((value, c) => {
      expect(Math.abs(value - (expected[i]?.[c] ?? Number.NaN))).toBeLessThan(0.1);
    });
  });
});
