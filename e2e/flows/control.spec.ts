/** Holding, ending and taking up a run. */
import type { RunReport } from '../../src/engine/core/report';
import type { Studio } from '../pages/studio';
import { csv } from '../rows';
import { expect, test } from '../test';

async function start(studio: Studio, method: string, epochs: number): Promise<void> {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.toMethod();
  await studio.method.choose(method);
  await studio.method.set('Passes over the data', epochs);
  await studio.method.set('Stop when no better for', 0);
  await studio.method.train();
}

test('pause holds, resume goes on, stop keeps the best and still tests', async ({ studio }) => {
  await start(studio, 'Adapter (LoRA)', 100);
  await studio.train.expectStep(3);
  await studio.train.hold();
  const held = await studio.train.step();
  await studio.page.waitForTimeout(1500);
  expect(await studio.train.step()).toBe(held);
  await studio.train.resume.click();
  await studio.train.expectStep(held + 2);
  await studio.train.stop.click();
  await studio.train.expectFinished();
  const [report] = await studio.runs.reports();
  expect(report?.stopped_early).toBe(true);
  expect(report?.after.n).toBeGreaterThan(0);
});

test('cancel throws the run away after asking', async ({ studio }) => {
  await start(studio, 'Layer-wise', 100);
  await studio.train.expectStep(1);
  await studio.train.cancel();
  await studio.expectQuestion('Ready to train?');
  expect(await studio.runs.reports()).toEqual([]);
  await studio.go('Runs');
  await expect(studio.page.getByText('Nothing has been trained in this browser yet.')).toBeVisible();
});

/** What a run found, without when and how fast. */
function found({ id, finished_at, timing, memory, ...rest }: RunReport): unknown {
  return rest;
}

test('a reload in mid-run goes on from the checkpoint to the same result', async ({ studio, page }) => {
  await start(studio, 'Layer-wise', 8);
  await studio.train.expectFinished();
  await page.getByRole('button', { name: 'Train again with other settings' }).click();
  await studio.method.train();
  await studio.train.expectStep(6);
  await studio.train.hold();
  const held = await studio.train.step();
  await studio.train.resume.click();
  await studio.train.expectStep(held + 2);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(studio.train.interrupted).toContainText(/stopped at step \d+ of/);
  await studio.train.goOn();
  await studio.train.expectFinished();
  const [whole, resumed] = await studio.runs.reports();
  if (!whole || !resumed) throw new Error('two reports were expected');
  expect(found(resumed)).toEqual(found(whole));
});

test('leaving in mid-run warns first', async ({ studio, page }) => {
  await start(studio, 'Layer-wise', 100);
  await studio.train.expectStep(1);
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
});
