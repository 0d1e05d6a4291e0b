import { describe, expect, test } from 'vitest';
import { type EngineError, toErrorData } from '../../core/errors';
import type { AskPage, ModelAvailability } from '../../core/pageQuestions';
import type { ArmInput, ArmOutcome } from '../arm';
import { loadArm } from '../registry';
import { armSettings } from '../specs';

const LABELS = ['bad', 'good'];
const TEST = Array.from({ length: 6 }, (_, i) => ({
  line: i,
  text: `${LABELS[i % 2]} film ${i}`,
  label: LABELS[i % 2] as string,
}));

async function ask(
  availability: ModelAvailability,
  settings: object = {},
): Promise<{ outcome: ArmOutcome } | { error: ReturnType<EngineError['toData']> }> {
  const page = async (question: string, params: unknown): Promise<unknown> => {
    if (question === 'model.availability') return availability;
    const { words, labels } = params as { words: string; labels: string[] };
    expect(labels).toEqual(LABELS);
    const asked = words.split('Text:').at(-1) ?? '';
    if (asked.includes('film 4')) return { content: 'no idea', tokens: null };
    return { content: JSON.stringify(LABELS.find((label) => asked.includes(label))), tokens: 40 };
  };
  let time = 0;
  const input = {
    settings: armSettings({ arm: 'browser-model', settings: { shots: 0, ...settings } }),
    config: { descriptions: {}, examples: {} },
    data: { dataset: { classes: LABELS }, splits: { train: { examples: [] }, test: { examples: TEST } } },
    seed: 1,
    ports: { askPage: page as AskPage, now: () => (time += 5) },
    signal: new AbortController().signal,
  } as unknown as ArmInput;
  const run = (await loadArm('browser-model'))(input);
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) return { outcome: value };
    }
  } catch (error) {
    return { error: toErrorData(error) };
  }
}

describe('the browser’s own model', () => {
  test('answers every row in order, and what names no label counts as wrong', async () => {
    expect(await ask('available')).toMatchObject({
      outcome: {
        answers: { predicted: [0, 1, 0, 1, -1, 1] },
        latencyMs: 5,
        notes: [expect.anything(), '1 answer named no label; it counts as wrong.'],
      },
    });
  });

  test('answers a draw of the rows where there are more than its budget', async () => {
    const asked = await ask('available', { rowLimit: 3 });
    if (!('outcome' in asked)) throw new Error('no outcome');
    expect(asked.outcome.rows).toHaveLength(3);
    expect(asked.outcome.answers).toMatchObject({ predicted: { length: 3 } });
  });

  test.each(['absent', 'unavailable'] as const)('says so when it is %s', async (availability) => {
    expect(await ask(availability)).toMatchObject({ error: { code: 'no-browser-model' } });
  });
});
