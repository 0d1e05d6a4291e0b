/** The arm against a server that speaks the API, well and badly. */
import { afterEach, describe, expect, test } from 'vitest';
import { type ChatServer, type ChatServerOptions, startChatServer } from '../../../../e2e/chatServer';
import { type EngineError, toErrorData } from '../../core/errors';
import type { Settings } from '../../core/fields';
import { memoryStorage } from '../../core/storage';
import type { StudyConfig } from '../../core/study';
import { testPorts } from '../../testing/testRun';
import type { ArmEvent, ArmInput, ArmOutcome } from '../arm';
import { loadArm } from '../registry';
import { armSettings } from '../specs';

const LABELS = ['delivery', 'praise', 'refund'];
const RULES = [
  [/money|paid/, 'refund'],
  [/where|late/, 'delivery'],
  [/love|happy/, 'praise'],
] as const;
const KEY = 'sk-very-secret-123';
const TEST = Array.from({ length: 12 }, (_, i) => {
  const label = LABELS[i % 3] as string;
  const words = { delivery: 'where is', praise: 'I love', refund: 'money back for' }[label];
  return { line: i + 2, text: `${words} parcel ${i}`, label };
});
const TRAIN = LABELS.flatMap((label) =>
  Array.from({ length: 4 }, (_, i) => ({ line: i, text: `${label} example ${i}`, label })),
);

let server: ChatServer | null = null;
afterEach(() => server?.close());

async function serve(options: Partial<ChatServerOptions> = {}): Promise<ChatServer> {
  server = await startChatServer({ rules: RULES, ...options });
  return server;
}

interface Asked {
  events: ArmEvent[];
  outcome: ArmOutcome | null;
  error: ReturnType<EngineError['toData']> | null;
  seconds: number;
}

interface Changes {
  config?: Partial<StudyConfig>;
  secret?: string | null;
  signal?: AbortSignal;
  watch?: (event: ArmEvent) => Promise<void> | void;
  kept?: unknown;
}

async function ask(
  settings: Settings,
  { config, secret = null, signal, watch, kept = null }: Changes = {},
): Promise<Asked> {
  const choice = {
    key: 'endpoint',
    arm: 'endpoint',
    settings: { address: server?.url ?? '', retries: 0, shots: 0, ...settings },
    training: {},
  };
  const input = {
    choice,
    settings: armSettings(choice as never),
    config: { descriptions: {}, examples: {}, ...config },
    data: {
      dataset: { classes: LABELS },
      splits: { train: { examples: TRAIN }, test: { examples: TEST } },
    },
    seed: 1,
    ports: testPorts(null as never, memoryStorage()),
    signal: signal ?? new AbortController().signal,
    secret,
    kept: JSON.parse(JSON.stringify(kept)),
  } as unknown as ArmInput;
  const events: ArmEvent[] = [];
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const run = (await loadArm('endpoint'))(input);
  try {
    for (;;) {
      const { done, value } = await run.next();
      if (done) return { events, outcome: value, error: null, seconds: seconds() };
      events.push(value);
      await watch?.(value);
    }
  } catch (error) {
    return { events, outcome: null, error: toErrorData(error), seconds: seconds() };
  }
}

function predicted({ outcome }: Asked): number[] {
  if (!outcome || !('predicted' in outcome.answers)) throw new Error('no answers');
  return Array.from(outcome.answers.predicted);
}
const TRUTH = TEST.map(({ label }) => LABELS.indexOf(label));

describe('a server that is well', () => {
  test('is asked once a row, as cheaply and repeatably as it can be', async () => {
    const { requests } = await serve();
    const asked = await ask({ model: ' qwen3:4b ', promptPrice: 1000, completionPrice: 2000 });
    expect(asked.error).toBeNull();
    expect(predicted(asked)).toEqual(TRUTH);
    expect(asked.outcome).not.toHaveProperty('rows');
    expect(requests).toHaveLength(TEST.length);
    const { messages, ...rest } = requests[0]?.body ?? { messages: [] };
    expect(rest).toEqual({ model: 'qwen3:4b', temperature: 0, seed: 1, max_tokens: 32 });
    expect(messages).toHaveLength(1);
    const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;
    const prompts = requests.map(({ body }) => words(body.messages[0]?.content ?? ''));
    const sum = prompts.reduce((a, b) => a + b, 0);
    expect(asked.outcome).toMatchObject({
      trainableParameters: 0,
      bytes: 0,
      trainSeconds: 0,
      run: null,
      promptTokens: sum / TEST.length,
    });
    expect(asked.outcome?.latencyMs).toBeGreaterThan(0);
    const cost = ((sum * 1000 + TEST.length * 2000) / 1e6).toLocaleString('en', {
      maximumSignificantDigits: 3,
    });
    expect(asked.outcome?.costPerThousand).toBeCloseTo((sum * 1000 + TEST.length * 2000) / 12 / 1e3);
    expect(asked.outcome?.notes).toEqual([`It used ${sum + TEST.length} tokens, ${cost} for 12 rows.`]);
    expect(asked.events.at(0)).toMatchObject({ type: 'work', done: 0, total: 12 });
    expect(asked.events.at(-1)).toEqual({
      type: 'work',
      done: 12,
      total: 12,
      detail: `Asking qwen3:4b at ${new URL(server?.url ?? '').host} · ${sum + TEST.length} tokens, ${cost} so far`,
    });
  });

  test('has at most the agreed number of questions open', async () => {
    const chat = await serve({ delay: 30 });
    expect(predicted(await ask({ atOnce: 3 }))).toEqual(TRUTH);
    expect(chat.mostAtOnce).toBe(3);
  });

  test('gets no new question while the study is paused', async () => {
    const { requests } = await serve();
    let held = 0;
    const watch = async ({ type }: ArmEvent): Promise<void> => {
      if (type !== 'work' || held > 0 || requests.length < 3) return;
      const before = requests.length;
      await new Promise((resolve) => setTimeout(resolve, 150));
      held = requests.length - before;
      // Those that were open go on.
      expect(held).toBeLessThan(2);
      held = 1;
    };
    expect(predicted(await ask({ atOnce: 2 }, { watch }))).toEqual(TRUTH);
    expect(held).toBe(1);
  });

  test('estimates tokens that are not counted, and says so', async () => {
    await serve({ usage: false });
    const { outcome } = await ask({ prompt: '{{text}}' });
    const expected =
      TEST.map(({ text }) => Math.ceil(text.length / 4)).reduce((a, b) => a + b, 0) / TEST.length;
    expect(outcome?.promptTokens).toBeCloseTo(expected);
    expect(outcome?.notes.join()).toContain('estimated');
  });

  test('is shown examples drawn from the training rows, or those written, with the descriptions', async () => {
    const { requests } = await serve();
    const config = { examples: { refund: ['written one', ' '] }, descriptions: { praise: 'is happy' } };
    await ask({ shots: 2, rowLimit: 1 }, { config });
    const prompt = requests[0]?.body.messages[0]?.content ?? '';
    expect(prompt).toContain('- delivery\n- praise: is happy\n- refund\n');
    expect(prompt.match(/Label: (delivery|praise|refund)\n/g)?.sort()).toEqual([
      'Label: delivery\n',
      'Label: delivery\n',
      'Label: praise\n',
      'Label: praise\n',
      'Label: refund\n',
    ]);
    expect(prompt).toContain('Text: written one\nLabel: refund\n');
    expect(TRAIN.filter(({ text }) => prompt.includes(text))).toHaveLength(4);
    await ask({ shots: 2, rowLimit: 1 }, { config });
    expect(requests[1]?.body.messages).toEqual(requests[0]?.body.messages);
  });
});

describe('a budget', () => {
  test('in rows: a seeded draw is asked, and the answers are of those rows', async () => {
    const { requests } = await serve();
    const asked = await ask({ rowLimit: 5 });
    const rows = asked.outcome?.rows ?? [];
    expect(requests).toHaveLength(5);
    expect(rows).toHaveLength(5);
    expect([...rows].sort((a, b) => a - b)).toEqual(rows);
    expect(rows).not.toEqual([0, 1, 2, 3, 4]);
    expect(predicted(asked)).toEqual(rows.map((row) => TRUTH[row]));
    expect(asked.outcome?.notes).toContain('5 of 12 test rows were drawn and sent: the score is of those.');
    expect((await ask({ rowLimit: 5 })).outcome?.rows).toEqual(rows);
  });

  test('in tokens: what would pass it is not sent, and what was answered counts', async () => {
    const { requests } = await serve();
    // 24 to 25 words a prompt and one an answer.
    const prompt = `${'word '.repeat(20)}Text: {{text}}`;
    const asked = await ask({ prompt, tokenLimit: 100, answerTokens: 8, atOnce: 1 });
    expect(requests).toHaveLength(3);
    expect(asked.outcome?.rows).toHaveLength(3);
    expect(asked.outcome?.notes.join()).toContain('The token budget ended after 3 of 12 rows');
  });

  test('in tokens: tries without an answer count, and none is made that would pass it', async () => {
    // Some 7 tokens asked and 80 allowed to be answered: there is room for one try more.
    const prompt = 'word word {{text}}';
    const { requests } = await serve({ reply: () => ({ status: 500 }) });
    const { error } = await ask({ prompt, tokenLimit: 100, answerTokens: 80, atOnce: 1, retries: 10 });
    expect(error).toMatchObject({ code: 'budget-spent' });
    expect(error?.message).toContain('Tries without an answer');
    expect(requests).toHaveLength(2);
  });

  test('in tokens: a try that was not waited for counts with its longest answer', async () => {
    await serve({ reply: (index) => (index === 0 ? 'hang' : 'answer') });
    const asked = await ask({ prompt: '{{text}}', rowLimit: 1, answerTokens: 50, timeout: 1, retries: 1 });
    const [row = 0] = asked.outcome?.rows ?? [];
    const lost = Math.ceil((TEST[row]?.text.length ?? 0) / 4) + 50;
    expect(asked.outcome?.notes).toContain(
      `About ${lost} of these tokens went into tries without an answer, by estimate.`,
    );
  });

  test('too small for one row sends nothing', async () => {
    const { requests } = await serve();
    const { error } = await ask({ tokenLimit: 100, answerTokens: 200 });
    expect(error).toMatchObject({ code: 'budget-spent', details: { field: 'tokenLimit' } });
    expect(requests).toEqual([]);
  });
});

describe('answers that are not what was asked for', () => {
  test('count as wrong, each kind with its number', async () => {
    const BROKEN = [
      'not json',
      '{"choices":[]}',
      '{"choices":[{"message":{"content":null}}]}',
      '[]',
      '{"error":"x"}',
    ];
    await serve({
      reply: (index) =>
        index < BROKEN.length
          ? { body: BROKEN[index] as string }
          : index < 7
            ? { say: ['It could be refund or praise.', 'complaint'][index - 5] as string }
            : 'answer',
    });
    const asked = await ask({ atOnce: 1 });
    expect(predicted(asked).filter((guess) => guess === -1)).toHaveLength(7);
    expect(asked.outcome?.notes).toEqual(
      expect.arrayContaining([
        '2 answers named no label; they count as wrong.',
        '5 replies could not be read; they count as wrong.',
      ]),
    );
    expect(asked.outcome?.notes.join()).not.toContain('estimated');
  });
});

describe('failures that pass', () => {
  test('a busy server is asked again after the seconds it names', async () => {
    const { requests } = await serve({
      reply: (index) => (index === 0 ? { status: 429, retryAfter: '1' } : 'answer'),
    });
    const asked = await ask({ retries: 1, rowLimit: 1 });
    expect(asked.error).toBeNull();
    const [first, second] = requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(950);
    expect(asked.outcome?.notes.join()).not.toContain('wrong');
  });

  test('or at the time it names', async () => {
    const at = new Date(Date.now() + 2500).toUTCString();
    const { requests } = await serve({
      reply: (index) => (index === 0 ? { status: 503, retryAfter: at } : 'answer'),
    });
    await ask({ retries: 1, rowLimit: 1 });
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThan(1200);
  });

  test('or after waits that double, and a lost connection the same', async () => {
    const { requests } = await serve({
      reply: (index) => (index === 0 ? { status: 500 } : index === 1 ? 'drop' : 'answer'),
    });
    const asked = await ask({ retries: 2, rowLimit: 1 });
    expect(asked.error).toBeNull();
    const [first = 0, second = 0, third = 0] = requests.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(240);
    expect(second - first).toBeLessThan(900);
    expect(third - second).toBeGreaterThanOrEqual(490);
  });

  test('a row that stays without a reply counts as wrong, and the others go on', async () => {
    await serve({ reply: (index) => (index === 1 ? 'hang' : index === 2 ? { status: 500 } : 'answer') });
    const asked = await ask({ atOnce: 1, timeout: 1 });
    expect(predicted(asked).filter((guess) => guess === -1)).toHaveLength(2);
    expect(asked.outcome?.notes).toContain('2 rows got no reply after every try; they count as wrong.');
  });

  test('five rows in a row without a reply end the arm', async () => {
    const { requests } = await serve({ reply: () => ({ status: 500, message: 'out of memory' }) });
    const { error } = await ask({ atOnce: 1 });
    expect(error).toMatchObject({ code: 'endpoint-failing' });
    expect(error?.message).toContain('out of memory');
    expect(requests).toHaveLength(5);
  });
});

describe('what was answered before a failure that stays', () => {
  test('is kept where the server falls silent; the rows of the silence count as not asked', async () => {
    await serve({ reply: (index) => (index < 3 ? 'answer' : { status: 500 }) });
    const asked = await ask({ atOnce: 1 });
    const rows = asked.outcome?.rows ?? [];
    expect(rows).toHaveLength(3);
    expect(predicted(asked)).toEqual(rows.map((row) => TRUTH[row]));
    expect(asked.outcome?.notes.join(' ')).toMatch(
      /ended after 3 of 12 rows.* 5 rows in a row got no answer/,
    );
  });

  test('is kept where the credit runs out, and where the arm is skipped', async () => {
    await serve({ reply: (index) => (index < 2 ? 'answer' : { status: 402 }) });
    expect((await ask({ atOnce: 1 })).outcome?.rows).toHaveLength(2);
    await server?.close();
    const controller = new AbortController();
    await serve({ reply: (index) => (index < 2 ? 'answer' : 'hang') });
    setTimeout(() => controller.abort(), 300);
    const { outcome, seconds } = await ask({ atOnce: 1 }, { signal: controller.signal });
    expect(outcome?.rows).toHaveLength(2);
    expect(outcome?.notes.join(' ')).toContain('cut short by hand');
    expect(seconds).toBeLessThan(1.5);
  });
});

describe('what was cut short', () => {
  const ofLabel = (text: string): boolean => TEST.some((row) => text.endsWith(row.text));
  const textsOf = ({ requests }: ChatServer): string[] =>
    requests.map(({ body }) => body.messages[0]?.content ?? '');

  test('goes on with the rows that are left, and counts what it had', async () => {
    const prompt = 'Which label has {{text}}';
    const whole = await serve().then(() => ask({ prompt, atOnce: 1 }));
    await server?.close();
    const first = await serve({
      reply: (index) => (index === 1 ? { say: 'no idea' } : index < 4 ? 'answer' : { status: 402 }),
    });
    const cut = await ask({ prompt, atOnce: 1 });
    expect(cut.outcome?.unfinished?.left).toBe(8);
    const answered = textsOf(first).slice(0, 4);
    await server?.close();
    const second = await serve();
    const on = await ask({ prompt, atOnce: 1 }, { kept: cut.outcome?.unfinished?.kept });
    const rest = textsOf(second);
    expect(rest).toHaveLength(8);
    expect(rest.filter((text) => answered.includes(text))).toEqual([]);
    expect([...answered, ...rest].every(ofLabel)).toBe(true);
    expect(on.outcome).not.toHaveProperty('unfinished');
    expect(on.outcome).not.toHaveProperty('rows');
    expect(predicted(on).filter((guess) => guess === -1)).toHaveLength(1);
    expect(on.outcome?.promptTokens).toBe(whole.outcome?.promptTokens);
    expect(on.outcome?.notes).toContain('1 answer named no label; it counts as wrong.');
    expect(on.events[0]).toMatchObject({ done: 4, total: 12 });
  });

  test('is given out after every answer, so that a closed tab loses none; a silence is asked again', async () => {
    const prompt = 'Which label has {{text}}';
    await serve({ reply: (index) => (index === 2 || index === 3 ? { status: 500 } : 'answer') });
    const { events } = await ask({ prompt, atOnce: 1 });
    const kept = events.flatMap((event) => (event.type === 'keep' ? [event.kept] : []));
    expect(kept).toHaveLength(TEST.length);
    await server?.close();
    const { requests } = await serve();
    const on = await ask({ prompt, atOnce: 1 }, { kept: kept[3] });
    expect(on.events[0]).toMatchObject({ done: 2, total: 12 });
    expect(requests).toHaveLength(10);
    expect(predicted(on)).toEqual(TRUTH);
  });

  test('counts the questions that a closed tab left open in the budget', async () => {
    await serve({ reply: (index) => (index === 0 ? 'answer' : 'hang') });
    const controller = new AbortController();
    const { events } = await ask(
      { atOnce: 3 },
      {
        signal: controller.signal,
        watch: (event) => {
          if (event.type === 'keep') controller.abort();
        },
      },
    );
    const kept = events.find((event) => event.type === 'keep')?.kept;
    expect(kept).toMatchObject({ predicted: [[expect.any(Number), expect.any(Number)]] });
    const { lost, promptTokens } = kept as { lost: { prompt: number }; promptTokens: number };
    // Two questions of about the size of the one that was answered.
    expect(lost.prompt).toBeGreaterThan(1.5 * promptTokens);
  });

  test('spends one budget, not one each time', async () => {
    const prompt = `${'word '.repeat(20)}Text: {{text}}`;
    // 25 to 26 tokens a row answered, some 32 for the refusal: room for two before it and two after.
    const settings = { prompt, tokenLimit: 140, answerTokens: 8, atOnce: 1 };
    await serve({ reply: (index) => (index < 2 ? 'answer' : { status: 402 }) });
    const cut = await ask(settings);
    await server?.close();
    const { requests } = await serve();
    const on = await ask(settings, { kept: cut.outcome?.unfinished?.kept });
    expect(requests).toHaveLength(2);
    expect(on.outcome?.rows).toHaveLength(4);
    // More would need another budget, which is another question.
    expect(on.outcome).not.toHaveProperty('unfinished');
  });

  test('and fails again before its first answer has what it had', async () => {
    await serve({ reply: (index) => (index < 2 ? 'answer' : { status: 402 }) });
    const cut = await ask({ atOnce: 1 });
    await server?.close();
    await serve({ reply: () => ({ status: 402, message: 'no credit' }) });
    const on = await ask({ atOnce: 1 }, { kept: cut.outcome?.unfinished?.kept });
    expect(on.outcome).toMatchObject({ rows: cut.outcome?.rows, answers: cut.outcome?.answers });
    expect(on.outcome?.unfinished?.left).toBe(10);
    expect(on.outcome?.notes.join(' ')).toContain('no credit');
  });
});

describe('failures that stay', () => {
  test.each([
    [403, 'endpoint-refused', 'OLLAMA_ORIGINS'],
    [404, 'endpoint-missing', '/v1'],
  ])('%i ends the arm at once', async (status, code, hint) => {
    const { requests } = await serve({ reply: () => ({ status, message: 'no such thing' }) });
    const { error } = await ask({ atOnce: 1, retries: 4 });
    expect(error).toMatchObject({ code });
    expect(error?.message).toContain('no such thing');
    expect(error?.hint).toContain(hint);
    expect(requests).toHaveLength(1);
  });

  test('nobody at the address', async () => {
    const { url } = await serve();
    await server?.close();
    const { error } = await ask({ address: url });
    expect(error).toMatchObject({ code: 'endpoint-unreachable' });
    expect(error?.hint).toContain('OLLAMA_ORIGINS');
  });

  test.each([
    [{ address: 'http://api.example.com/v1' }, 'bad-address'],
    [{ prompt: 'Which label?' }, 'bad-setting'],
  ])('%j is refused before anything is sent', async (settings, code) => {
    const { requests } = await serve();
    expect((await ask(settings)).error).toMatchObject({ code });
    expect(requests).toEqual([]);
  });
});

describe('settings that a server does not know', () => {
  test('are left out from then on, and said', async () => {
    const { requests } = await serve({
      reply: (_, { max_tokens, seed }) =>
        max_tokens !== undefined
          ? {
              status: 400,
              message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            }
          : seed !== undefined
            ? { status: 422, message: 'seed: extra inputs are not permitted' }
            : 'answer',
    });
    const asked = await ask({ atOnce: 1 });
    expect(predicted(asked)).toEqual(TRUTH);
    expect(requests).toHaveLength(TEST.length + 2);
    expect(requests.at(-1)?.body).toMatchObject({ temperature: 0, max_completion_tokens: 32 });
    expect(asked.outcome?.notes.join()).toContain('“seed”');
  });
});

describe('cancelling', () => {
  test('ends waiting at once, for an answer as for a next try', async () => {
    for (const reply of ['hang', { status: 429, retryAfter: '60' }] as const) {
      await serve({ reply: () => reply });
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 200);
      const { error, seconds } = await ask({ retries: 5 }, { signal: controller.signal });
      expect(error).toMatchObject({ code: 'cancelled' });
      expect(seconds).toBeLessThan(1.5);
      await server?.close();
    }
  });
});

describe('the key', () => {
  /** Everything that leaves the arm, as one string. */
  const told = ({ events, outcome, error }: Asked): string => JSON.stringify({ events, outcome, error });

  test('goes to the server and nowhere else', async () => {
    const { requests } = await serve({ key: KEY });
    const asked = await ask({}, { secret: KEY });
    expect(predicted(asked)).toEqual(TRUTH);
    expect(requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    expect(JSON.stringify(requests.map(({ body }) => body))).not.toContain(KEY);
    expect(told(asked)).not.toContain(KEY);
  });

  test('is struck out of what a careless server repeats', async () => {
    const { requests } = await serve({ key: KEY });
    const asked = await ask({ retries: 4, atOnce: 1 }, { secret: 'sk-wrong-one' });
    expect(asked.error).toMatchObject({ code: 'endpoint-key' });
    expect(asked.error?.message).toContain('Bearer …');
    expect(told(asked)).not.toContain('sk-wrong-one');
    expect(requests).toHaveLength(1);
  });

  test.each(['sk-with\nbreak', 'sk-ümlaut', 'sk with blank'])(
    '%j is refused without being repeated',
    async (secret) => {
      const { requests } = await serve();
      const asked = await ask({}, { secret });
      expect(asked.error).toMatchObject({ code: 'bad-key' });
      expect(told(asked)).not.toContain(secret.slice(3));
      expect(requests).toEqual([]);
    },
  );

  test('does not follow a redirect', async () => {
    const elsewhere = await startChatServer({ rules: RULES });
    await serve({ reply: () => ({ location: `${elsewhere.url}/chat/completions` }) });
    const asked = await ask({ atOnce: 1 }, { secret: KEY });
    expect(asked.error).toMatchObject({ code: 'endpoint-unreachable' });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  test('is absent where none was given', async () => {
    const { requests } = await serve();
    await ask({ rowLimit: 1 });
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
  });
});
