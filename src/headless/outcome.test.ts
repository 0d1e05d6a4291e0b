import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { methodDefaults, validateSettings } from '../engine/catalog';
import { toErrorData } from '../engine/core/errors';
import { memoryStorage } from '../engine/core/storage';
import { prepareDataset } from '../engine/data/dataset';
import { readTable } from '../engine/data/read';
import { runConfig } from '../engine/testing/testRun';
import { INPUT_FAULTS, outcomeOf } from './outcome';
import { rolesFor } from './request';

/** The error that some work ends in. */
async function errorOf(work: () => unknown): Promise<ReturnType<typeof toErrorData>> {
  try {
    await work();
  } catch (error) {
    return toErrorData(error);
  }
  throw new Error('it worked');
}

async function train(csv: string): Promise<unknown> {
  const bytes = new TextEncoder().encode(csv);
  const table = await readTable(bytes, 'a.csv', null, () => undefined);
  return prepareDataset(table, null, runConfig('head').data);
}

describe('exit code 2: what was given cannot be used', () => {
  test.each([
    ['an empty file', () => train('')],
    ['a header alone', () => train('text,label\n')],
    ['a PDF', () => train('%PDF-1.7 and so on')],
    ['one class', () => train(`text,label\n${Array.from({ length: 40 }, (_, i) => `t ${i},a\n`).join('')}`)],
    ['a column that is not there', () => train('body,kind\na b,x\nc d,y\n')],
    ['a setting out of range', () => validateSettings(runConfig('lora', { learningRate: 7 }))],
    ['an unknown method', () => methodDefaults('magic')],
    [
      'a column named wrongly',
      () => rolesFor({ text: 'x', label: null }, ['a'], { roles: null, reasons: { text: '', label: '' } }),
    ],
  ])('%s', async (_, work) => {
    expect(outcomeOf(await errorOf(work)).status).toBe('refused');
  });
});

/** Every code that no user's input is to blame for. */
const MACHINE_FAULTS = [
  ...[
    'no-backend',
    'device-lost',
    'gpu-refused',
    'out-of-memory',
    'storage-full',
    'worker-lost',
    'thread-lost',
  ],
  ...['model-missing', 'model-damaged', 'model-not-stored', 'bad-weights', 'missing-weights'],
  ...['unsupported-export', 'export-too-large'],
  ...[
    'checkpoint-corrupt',
    'data-missing',
    'run-missing',
    'study-missing',
    'run-under-way',
    'run-finished',
    'open-elsewhere',
  ],
  ...['hub-unreachable', 'hub-failing', 'hub-strange', 'connection-lost', 'download-damaged'],
  ...['address-unreachable', 'address-failing', 'address-changed'],
  ...['endpoint-refused', 'endpoint-unreachable', 'endpoint-failing', 'file-unreachable'],
  ...['no-browser-model', 'browser-model-failed', 'no-page-answer'],
  ...['bad-answer', 'bad-request', 'cancelled', 'unexpected'],
];

describe('exit code 1: the machine, the browser or Hone failed', () => {
  test('a full disk', async () => {
    const error = await errorOf(() => memoryStorage(1).write('data/a.bin', new Uint8Array(9)));
    expect(outcomeOf(error)).toMatchObject({ status: 'failed', error: { code: 'storage-full' } });
  });

  test.each(MACHINE_FAULTS)('%s', (code) => {
    expect(outcomeOf({ code, message: '' }).status).toBe('failed');
  });

  test('an error that nobody foresaw', async () => {
    expect(outcomeOf(await errorOf(() => Promise.reject(new TypeError('x is not a function')))).status).toBe(
      'failed',
    );
  });
});

/** Errors whose data is written elsewhere: `CODES` finds it there, or it has crossed from the worker. */
const ELSEWHERE = [
  'code: kind.code',
  '...dataset.blocked',
  'response.error',
  'answer.error',
  'offer.refusal',
];
const CODES = [
  /code: '([a-z0-9-]+)',\s*message[:,]/g,
  // Kinds of files that hold no table (data/binary.ts).
  /code: '([a-z0-9-]+)',\s*starts:/g,
  // Findings that stop a run (data/checks).
  /finding\(\s*'([a-z0-9-]+)',\s*'error'/g,
];

test('every code that the sources can raise is a fault either of the input or of the machine, never both', () => {
  const root = path.join(import.meta.dirname, '..');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .map((name) => readFileSync(path.join(root, name), 'utf8'))
    .join('\n');
  const unread = [
    ...sources.matchAll(/new EngineError\((?!\s*\{\s*code: '[a-z0-9-]+',\s*message[:,])[^;]{0,80}/g),
  ];
  expect(unread.filter(([text]) => !ELSEWHERE.some((known) => text.includes(known)))).toEqual([]);
  const raised = CODES.flatMap((pattern) => [...sources.matchAll(pattern)].map(([, code = '']) => code));
  expect([...INPUT_FAULTS, ...MACHINE_FAULTS].sort()).toEqual([...new Set(raised)].sort());
});
