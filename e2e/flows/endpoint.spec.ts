/** A model elsewhere as one of the ways: nothing leaves before a yes, and a bad server is told, not hidden. */
import { type ChatServer, type ChatServerOptions, type Reply, startChatServer } from '../chatServer';
import { checkLooks, DESKTOP } from '../looks';
import type { Studio } from '../pages/studio';
import { csv } from '../rows';
import { expect, test } from '../test';

const WAY = 'Prompt: another model';
const OTHERS = ['Always the most common label', 'Prompt: label descriptions'];
const KEY = 'sk-journey-4711';
const MODEL = 'journey-model';
const RULES: ChatServerOptions['rules'] = [
  [/money|refund|paid/, 'refund'],
  [/where|when|courier|late/, 'delivery'],
  [/./, 'praise'],
];

let server: ChatServer;
test.afterEach(() => server.close());

/** The way chosen beside two that need no network, asking this server. */
async function choose(studio: Studio, options: Partial<ChatServerOptions>): Promise<void> {
  server = await startChatServer({ rules: RULES, ...options });
  await studio.page.setViewportSize(DESKTOP);
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await expect(studio.data.facts).toContainText('rows kept');
  await studio.go('Prompt or tune?');
  await studio.study.choose([...OTHERS, WAY]);
  await studio.endpoint.openSettings();
  await studio.endpoint.set('Address', server.url);
  await studio.endpoint.set('Model', MODEL);
}

/** Starts a study whose server falls silent after `answered` replies, and waits until it is; gives what ends the silence. */
async function startUntilSilent(studio: Studio, answered: number): Promise<() => void> {
  let silent = true;
  await choose(studio, { reply: (index) => (silent && index >= answered ? 'hang' : 'answer') });
  await studio.endpoint.agreed.check();
  await studio.study.start();
  await expect.poll(() => server.requests.length, { timeout: 60_000 }).toBe(answered + 2);
  return () => {
    silent = false;
  };
}

/** The texts asked about, in order. */
const texts = ({ requests }: ChatServer): string[] =>
  requests.map(({ body }) => /Text: (.*)\n\nAnswer/.exec(body.messages[0]?.content ?? '')?.[1] ?? '');

test('rows leave after a yes to just that; limits, broken replies and silence are waited for and told', async ({
  studio,
  page,
}) => {
  const script: readonly Reply[] = [
    { status: 429, retryAfter: '2' },
    'answer',
    { body: 'not JSON' },
    { body: '{"choices":[{"message":{}}]}' },
    { say: 'complaint' },
    'hang',
    'hang',
  ];
  await choose(studio, { key: KEY, reply: (index) => script[index] ?? 'answer' });
  const { endpoint, study } = studio;
  await endpoint.set('Requests at once', 1);
  await endpoint.set('Longest wait for an answer', 1);
  await endpoint.set('Tries after a failure', 1);
  await expect(endpoint.told).toContainText(`sent to ${MODEL} at ${server.url}/chat/completions`);
  await expect(page.getByText(`Agree to where ${WAY} sends rows, or leave it out.`)).toBeVisible();
  await checkLooks(page, 'Another model, before the yes');
  await study.start({ force: true });
  await expect(study.queue).toBeHidden();
  expect(server.requests).toEqual([]);

  await endpoint.key.fill(KEY);
  for (const [setting, value] of [
    ['Prompt', 'Labels:\n{{labels}}\n\n{{examples}}Text: {{text}}\n\nAnswer with one label.\nLabel:'],
    ['Examples of each label', 1],
    ['Most tokens used', 50_000],
  ] as const) {
    await endpoint.agreed.check();
    await endpoint.set(setting, value);
    await expect(endpoint.agreed).not.toBeChecked();
  }
  await endpoint.agreed.check();
  await study.start();
  await expect(study.queue.getByRole('listitem').filter({ hasText: WAY })).toContainText(`Asking ${MODEL}`);
  await study.expectFinished();

  const rows = texts(server).slice(1);
  const asked = new Set(rows).size;
  // One request a row, one more for the limit and one for the silence.
  expect(server.requests).toHaveLength(asked + 2);
  expect(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  const [limited = 0, again = 0] = server.requests.map(({ at }) => at);
  expect(again - limited).toBeGreaterThan(1950);
  await expect(study.row(WAY)).toContainText(/\d+\.\d %/);
  await expect(study.row(WAY)).toContainText(`no usable answer to 4 of ${asked} rows`);
  await study.more(WAY);
  for (const note of [
    '1 answer named no label; it counts as wrong.',
    '2 replies could not be read; they count as wrong.',
    '1 row got no reply after every try; it counts as wrong.',
  ]) {
    await expect(study.table).toContainText(note);
  }
  await checkLooks(page, 'Another model, results');

  const kept = await studio.kept();
  expect(kept).toContain('/arm-endpoint.json');
  expect(kept).toContain(MODEL);
  expect(kept).not.toContain(KEY);
  await page.reload();
  await study.addOrChange();
  await expect(endpoint.agreed).not.toBeChecked();
  await expect(endpoint.key).toHaveValue('');
});

test('a tab that is closed while it asks loses no answer: the rest alone is asked after a new yes', async ({
  studio,
  page,
}) => {
  const answered = 4;
  const speak = await startUntilSilent(studio, answered);
  const { endpoint, study } = studio;
  const before = texts(server).slice(0, answered);
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await expect(study.interrupted).toBeVisible();
  await endpoint.agreed.check();
  speak();
  const sent = server.requests.length;
  await study.interrupted.getByRole('button', { name: 'Go on' }).click();
  await study.expectFinished();
  await expect(study.row(WAY)).not.toContainText('asked');
  const after = texts(server).slice(sent);
  expect(after.length).toBeGreaterThan(0);
  expect(new Set([...before, ...after]).size).toBe(answered + after.length);
});

test('skipped half-way it keeps what was answered, and after a reload and a new yes asks the rest alone', async ({
  studio,
  page,
}) => {
  const answered = 4;
  const speak = await startUntilSilent(studio, answered);
  const { endpoint, study } = studio;
  await page.getByRole('button', { name: 'Skip this way' }).click();
  await study.expectFinished();
  await expect(study.row(WAY)).toContainText(/asked 4 of \d+ test rows/);
  await expect(page.getByRole('region', { name: 'Test rows', exact: true })).toContainText('not asked');
  const before = texts(server).slice(0, answered);
  await checkLooks(page, 'Another model, cut short');

  await page.reload();
  const rest = study.row(WAY).getByRole('button', { name: /^Ask the other \d+ rows$/ });
  await expect(rest).toBeDisabled();
  await expect(study.row(WAY)).toContainText('Agree above to where rows are sent.');
  await endpoint.agreed.check();
  speak();
  const sent = server.requests.length;
  await rest.click();
  await study.expectFinished();
  await expect(study.row(WAY)).not.toContainText('asked');
  const after = texts(server).slice(sent);
  expect(after.length).toBeGreaterThan(0);
  expect(new Set([...before, ...after]).size).toBe(answered + after.length);
});

test('a key that is refused is told with the way out, and another one is tried', async ({ studio }) => {
  await choose(studio, { key: KEY });
  const { endpoint, study } = studio;
  await endpoint.key.fill('sk-mistyped');
  await endpoint.agreed.check();
  await study.start();
  await study.expectFinished();
  await expect(study.row(WAY)).toContainText('does not accept this key');
  await expect(study.row(WAY)).not.toContainText('sk-mistyped');
  expect(server.requests.length).toBeLessThan(3);
  await endpoint.key.fill(KEY);
  await study.row(WAY).getByRole('button', { name: 'Try again' }).click();
  await study.expectFinished();
  await expect(study.row(WAY)).toContainText(/\d+\.\d %/);
});
