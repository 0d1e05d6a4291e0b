/** The main job, from a file to an export: each method once, each way in once; one run goes on to other places. */
import { Studio } from '../pages/studio';
import { csv, json, jsonl, ROWS, tsv } from '../rows';
import { expect, test } from '../test';

const MODEL_FILES = ['model.safetensors', 'config.json', 'tokenizer.json'];
const ADAPTER_FILES = ['adapter_model.safetensors', 'adapter_config.json'];

interface Journey {
  method: string;
  file: string;
  content: string;
  exports: readonly string[];
  settings: Readonly<Record<string, number>>;
}

const JOURNEYS: readonly Journey[] = [
  {
    method: 'Adapter (LoRA)',
    file: 'tickets.csv',
    content: csv(),
    exports: ADAPTER_FILES,
    settings: { 'Passes over the data': 1 },
  },
  {
    method: 'Layer-wise',
    file: 'tickets.tsv',
    content: tsv(),
    exports: MODEL_FILES,
    settings: { 'Passes over the data': 1 },
  },
  {
    method: 'Full',
    file: 'tickets.json',
    content: json(),
    exports: MODEL_FILES,
    settings: { 'Passes over the data': 1, 'Check every': 3 },
  },
];

async function fromFileToExport(studio: Studio, journey: Journey): Promise<void> {
  const { page } = studio;
  await studio.open();
  await studio.data.openFile(journey.file, journey.content);
  await studio.data.expectRows(ROWS.length, 3);
  await expect(studio.data.role('text')).toContainText('text · guessed');
  await expect(studio.data.role('label')).toContainText('label · guessed');

  await studio.toMethod();
  await studio.method.choose(journey.method);
  for (const [name, value] of Object.entries(journey.settings)) await studio.method.set(name, value);
  await studio.method.train();
  await studio.train.expectFinished();

  await studio.train.toCompare();
  const [report] = await studio.runs.reports();
  expect(report?.after.n).toBe(report?.data.splits.test);
  await studio.compare.expectScores(report?.after.n ?? 0);
  expect(report?.after.accuracy).toBeGreaterThan(0.6);
  await studio.compare.ask('please give me a refund for the broken lamp');
  await expect(page.getByRole('main')).toContainText('refund');

  await studio.compare.toExport();
  await expect(studio.export.files).toBeVisible();
  const files = await studio.export.download();
  for (const name of [...journey.exports, 'predictions.csv', 'README.md'])
    expect([...files.keys()]).toContain(name);
  const predictions = new TextDecoder().decode(files.get('predictions.csv'));
  expect(predictions.trim().split('\r\n')).toHaveLength(1 + (report?.after.n ?? 0));
}

for (const journey of JOURNEYS) {
  test(`${journey.file} → ${journey.method} → compare → export`, ({ studio }) =>
    fromFileToExport(studio, journey));
}

test('tickets.jsonl → Head only → compare → export; then reopened after a reload, and elsewhere from its file', async ({
  studio,
  page,
  browser,
}) => {
  const journey = { method: 'Head only', file: 'tickets.jsonl', content: jsonl() };
  await fromFileToExport(studio, {
    ...journey,
    exports: MODEL_FILES,
    settings: { 'Passes over the data': 20 },
  });

  await page.reload();
  await studio.go('Runs');
  await studio.runs.open(/tickets/);
  const scores = (await studio.compare.side('After').textContent()) ?? '';

  await studio.go('Runs');
  const saved = await (await studio.runs.saveAsFile()).path();
  const elsewhere = new Studio(await (await browser.newContext()).newPage());
  await elsewhere.open();
  await elsewhere.go('Runs');
  await elsewhere.runs.import(saved);
  await elsewhere.runs.open(/tickets/);
  await expect(elsewhere.compare.side('After')).toHaveText(scores);
  await elsewhere.page.context().close();
});

test('pasted rows and a sample open as a file does', async ({ studio }) => {
  await studio.open();
  await studio.data.paste(tsv());
  await studio.data.expectRows(ROWS.length, 3);
  await studio.page.getByRole('button', { name: 'Open other data' }).click();
  await studio.data.openSample('Product feedback');
  await studio.data.expectRows(364, 3);
});
