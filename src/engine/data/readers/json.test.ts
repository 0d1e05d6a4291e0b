import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Case, expectTable, read, TEXT_LABEL, TWO } from './cases';

const CASES: Case[] = [
  {
    name: 'JSONL, one broken line',
    data: '{"text":"hello","label":"greet"}\n{"text":"x","label":\n\n{"text":"bye","label":"part"}\n',
    file: 'data.jsonl',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [1, 4],
    rejected: [[2, 'broken-json']],
    found: { format: 'jsonl' },
    note: /1 blank line was passed over/,
  },
  {
    name: 'JSONL under the name .csv, numbers, booleans, null, gaps',
    data: '{"text":"hello","label":1}\r\n{"text":"bye","label":true,"n":null}\r\n',
    columns: ['text', 'label', 'n'],
    rows: [
      ['hello', '1', ''],
      ['bye', 'true', ''],
    ],
    found: { format: 'jsonl' },
    note: /1 row lacks fields/,
  },
  {
    name: 'JSONL, values that are no objects',
    data: '{"text":"hello","label":"greet"}\n[1]\n"x"\n{"text":"bye","label":"part"}\n',
    file: 'data.jsonl',
    columns: TEXT_LABEL,
    rows: TWO,
    rejected: [
      [2, 'not-an-object'],
      [3, 'not-an-object'],
    ],
  },
  {
    name: 'nested JSONL: one level flattened, the rest as JSON',
    data: '{"id":1,"data":{"text":"hello","meta":{"a":[1]}},"tags":["x"]}\n{"id":2,"data":{"text":"bye","meta":{}},"tags":[]}\n',
    file: 'data.jsonl',
    columns: ['id', 'data.text', 'data.meta', 'tags'],
    rows: [
      ['1', 'hello', '{"a":[1]}', '["x"]'],
      ['2', 'bye', '{}', '[]'],
    ],
    note: /Nested objects became columns with a dot: “data”/,
  },
  {
    name: 'lone surrogates from JSON escapes become �',
    data: '{"text":"a\\ud800b 😀","label":"greet"}\n{"text":"bye","label":"part"}\n',
    file: 'data.jsonl',
    columns: TEXT_LABEL,
    rows: [['a\uFFFDb 😀', 'greet'], TWO[1] as string[]],
  },
  {
    name: 'JSON list of objects, with lines',
    data: '[\n  {"text": "hello", "label": "greet"},\n  {\n    "text": "bye", "label": "part"}\n]\n',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [2, 3],
    found: { format: 'json' },
  },
  {
    name: 'JSON {data: [...]}',
    data: '{"version": "[1]", "data": [{"text":"hello","label":"greet"},\n{"text":"bye","label":"part"}]}',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [1, 2],
  },
  {
    name: 'JSON columns side by side',
    data: '{"text": ["hello",\n"bye"], "label": ["greet", "part"]}',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [1, 2],
  },
  {
    name: 'JSON as pandas writes columns',
    data: '{"text":{"0":"hello","1":"bye"},"label":{"0":"greet","1":"part"}}',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'JSON as pandas splits',
    data: '{"columns":["text","label"],"index":[0,1],"data":[["hello","greet"],["bye","part"]]}',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
  },
  {
    name: 'JSON rows by key',
    data: '{"id1": {"text":"hello","label":"greet"},\n"id2": {"text":"bye","label":"part"}}',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [1, 2],
  },
  {
    name: 'JSON list of lists, ragged',
    data: '[["text","label"],["hello","greet"],\n["x"],["bye","part"],{"a":1}]',
    file: 'data.json',
    columns: TEXT_LABEL,
    rows: TWO,
    lines: [1, 2],
    rejected: [
      [2, 'too-few-fields'],
      [2, 'not-a-list'],
    ],
  },
];

describe('JSON and JSONL', () => {
  it.each(CASES)('$name', expectTable);

  it('round-trips any table through JSON and JSONL', async () => {
    const rows = fc.array(fc.record({ text: fc.string({ unit: 'binary' }), label: fc.string() }), {
      minLength: 2,
    });
    await fc.assert(
      fc.asyncProperty(rows, async (values) => {
        const expected = values.map(({ text, label }) => [text, label]);
        const json = await read(JSON.stringify(values, null, 1), 'data.json');
        const jsonl = await read(values.map((value) => JSON.stringify(value)).join('\n'), 'data.jsonl');
        expect(json.rows).toEqual(expected);
        expect(jsonl.rows).toEqual(expected);
        expect(json.lines).toEqual(values.map((_, i) => 2 + 4 * i));
      }),
      { numRuns: 50 },
    );
  });
});
