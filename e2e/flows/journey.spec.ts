/** The main job, from a file to an export: each method once, each way in once. */
import { csv, json, jsonl, ROWS, tsv } from '../rows';
import { expect, test } from '../test';

const MODEL_FILES = ['model.safetensors', 'config.json', 'tokenizer.json'];
const ADAPTER_FILES = ['adapter_model.safetensors', 'adapter_config.json'];

const JOURNEYS = [
  { method: 'Adapter (LoRA)', file: 'tickets.csv', content: csv(), exports: ADAPTER_FILES, epochs: 1 },
  { method: 'Head only', file: 'tickets.jsonl', content: jsonl(), exports: MODEL_FILES, epochs: 20 },
  { method: 'Layer-wise', file: 'tickets.tsv', content: tsv(), exports: MODEL_FILES, epochs: 1 },
  { method: 'Full', file: 'tickets.json', content: json(), exports: MODEL_FILES, epochs: 1 },
];

for (const { method, file, content, exports, epochs } of JOURNEYS) {
  test(`${file} → ${method} → compare → export`, async ({ studio, page }) => {
    await studio.open();
    await studio.data.openFile(file, content);
    await studio.data.expectRows(ROWS.length, 3);
    await expect(studio.data.role('text')).toContainText('text · guessed');
    await expect(studio.data.role('label')).toContainText('label · guessed');

    await studio.toMethod();
    await studio.method.choose(method);
    await studio.method.set('Passes over the data', epochs);
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
    for (const name of [...exports, 'predictions.csv', 'README.md'])
      expect([...files.keys()]).toContain(name);
    const predictions = new TextDecoder().decode(files.get('predictions.csv'));
    expect(predictions.trim().split('\r\n')).toHaveLength(1 + (report?.after.n ?? 0));
  });
}

test('pasted rows and a sample open as a file does', async ({ studio }) => {
  await studio.open();
  await studio.data.paste(tsv());
  await studio.data.expectRows(ROWS.length, 3);
  await studio.page.getByRole('button', { name: 'Open other data' }).click();
  await studio.data.openSample('Product feedback');
  await studio.data.expectRows(364, 3);
});
