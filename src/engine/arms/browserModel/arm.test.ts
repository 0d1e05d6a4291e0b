import { beforeEach, describe, expect, test } from 'vitest';
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

/** The page was asked these, in order. */
const asked: string[] = [];
beforeEach(() => {
  asked.length = 0;
});

async function ask(
  availability: ModelAvailability,
  settings: object = {},
  page?: (words: string, signal: AbortSignal) => Promise<{ content: string | null; tokens: number | null }>,
  { signal }: AbortController = new AbortController(),
): Promise<{ outcome: ArmOutcome } | { error: ReturnType<EngineError['toData']> }> {
  const answered = async (question: string, params: unknown): Promise<unknown> => {
    asked.push(question);
    if (question === 'model.availability') return availability;
    if (question === 'model.end') return null;
    const { words, labels } = params as { words: string; labels: string[] };
    if (page) return page(words, signal);
    expect(labels).toEqual(LABELS);
    const text = words.split('Text:').at(-1) ?? '';
    if (text.includes('film 4')) return { content: 'no idea', tokens: null };
    return { content: JSON.stringify(LABELS.find((label) => text.includes(label))), tokens: 40 };
  };
  let time = 0;
  const input = {
    settings: armSettings({ arm: 'browser-model', settings: { shots: 0, ...settings } }),
    config: { descriptions: {}, examples: {} },
    data: { dataset: { classes: LABELS }, splits: { train: { examples: [] }, test: { examples: TEST } } },
    seed: 1,
    ports: { askPage: answered as AskPage, now: () => (time += 5) },
    signal,
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
    const drawn = await ask('available', { rowLimit: 3 });
    if (!('outcome' in drawn)) throw new Error('no outcome');
    expect(drawn.outcome.rows).toHaveLength(3);
    expect(drawn.outcome.answers).toMatchObject({ predicted: { length: 3 } });
  });

  const good = { content: '"good"', tokens: 40 };

  test('a row without an answer counts as wrong, and the model is let go at the end', async () => {
    let n = 0;
    const end = await ask('available', {}, async () => (n++ === 2 ? { content: null, tokens: null } : good));
    expect(end).toMatchObject({
      outcome: { notes: [expect.anything(), '1 row got no reply after every try; it counts as wrong.'] },
    });
    expect(asked).toEqual(['model.availability', ...Array(6).fill('model.prompt'), 'model.end']);
  });

  test('a model that answers no row at all fails, and is let go', async () => {
    const end = await ask('available', {}, async () => ({ content: null, tokens: null }));
    expect(end).toMatchObject({ error: { code: 'endpoint-failing' } });
    expect(asked.filter((question) => question === 'model.prompt')).toHaveLength(5);
    expect(asked.at(-1)).toBe('model.end');
  });

  test('skipped, it waits for no answer and keeps those it has', async () => {
    let n = 0;
    const controller = new AbortController();
    const page = async (_words: string, signal: AbortSignal): Promise<typeof good> => {
      if (n++ < 2) return good;
      controller.abort();
      signal.throwIfAborted();
      return good;
    };
    const end = await ask('available', {}, page, controller);
    expect(end).toMatchObject({ outcome: { answers: { predicted: [1, 1] }, rows: { length: 2 } } });
    expect(asked.at(-1)).toBe('model.end');
  });

  test.each(['absent', 'unavailable'] as const)('says so when it is %s', async (availability) => {
    expect(await ask(availability)).toMatchObject({ error: { code: 'no-browser-model' } });
  });
});
