/** The sample sets for writing that come with Hone. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { splitSettingsSchema } from '../../core/config';
import { writingShapeSchema } from '../../core/writing';
import { rougeL } from '../../evaluation/textMetrics';
import { textKey } from '../normalise';
import { readTable } from '../read';
import { prepareWriting } from './dataset';
import { guessShape } from './shape';

const FOLDER = resolve(import.meta.dirname, '../../../../public/samples');
const LISTED = z
  .array(
    z.union([
      z.looseObject({ task: z.literal('classify') }).transform(() => null),
      z.looseObject({
        task: z.literal('generate'),
        ...{ id: z.string(), file: z.string(), name: z.string(), description: z.string() },
        ...{ rows: z.number(), shape: writingShapeSchema },
      }),
    ]),
  )
  .parse(JSON.parse(readFileSync(resolve(FOLDER, 'samples.json'), 'utf8')))
  .flatMap((sample) => sample ?? []);

/** Rows more alike than this say nearly the same. */
const NEARLY_SAME = 0.8;

const tableOf = (file: string) => readTable(readFileSync(resolve(FOLDER, file)), file, null, () => {});

it('there are three', () => {
  expect(LISTED.map(({ id }) => id)).toEqual(['support-replies', 'product-descriptions', 'appointments']);
});

describe.each(LISTED)('$id', ({ file, rows, shape }) => {
  it('has the rows that are listed, all usable, in the shape that is guessed', async () => {
    const table = await tableOf(file);
    expect(guessShape(table).shape).toEqual(shape);
    const split = splitSettingsSchema.parse({});
    const dataset = prepareWriting(table, null, { shape, fixes: [], split, limit: undefined });
    expect(dataset.rejected).toEqual([]);
    expect(dataset.kept).toBe(rows);
    expect(rows).toBeGreaterThanOrEqual(150);
    expect(new Set(dataset.pairs.map(({ text }) => textKey(text))).size).toBe(rows);
    expect(new Set(dataset.pairs.map(({ label }) => textKey(label))).size).toBe(rows);
  });

  it('has no two rows that are nearly the same', async () => {
    const { columns, rows: cells } = await tableOf(file);
    // What differs between rows: the question, the description or the sentence.
    const varying = cells.map((row) => {
      if (shape.kind === 'columns')
        return row[columns.indexOf(file.endsWith('.csv') ? 'description' : 'input')] ?? '';
      const [, question] = JSON.parse(row[columns.indexOf('messages')] ?? '') as { content: string }[];
      return question?.content ?? '';
    });
    const alike = varying.flatMap((one, i) =>
      varying.slice(i + 1).filter((other) => rougeL(one, other) > NEARLY_SAME),
    );
    expect(alike).toEqual([]);
  });
});

it('every appointment is JSON with the five fields, its time and day as they are asked for', async () => {
  const { columns, rows } = await tableOf('appointments.jsonl');
  const days = z.enum(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']);
  const appointment = z.strictObject({
    event: z.string().min(3),
    who: z.string().nullable(),
    day: days,
    time: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .nullable(),
    place: z.string().nullable(),
  });
  for (const row of rows) {
    const output = row[columns.indexOf('output')] ?? '';
    const said = (row[columns.indexOf('input')] ?? '').toLowerCase();
    const { day, place } = appointment.parse(JSON.parse(output));
    expect(said).toContain(day.toLowerCase());
    if (place !== null) expect(said).toContain(place.toLowerCase());
  }
});

it('every reply ends in the voice of the house', async () => {
  const { rows } = await tableOf('support-replies.jsonl');
  for (const [messages = ''] of rows) {
    const reply = (JSON.parse(messages) as { content: string }[]).at(-1)?.content ?? '';
    expect(reply.endsWith('\nWarmly, Fern & Kettle')).toBe(true);
    expect(reply.length).toBeLessThan(400);
  }
});
