/** WebGPU, by the software adapter where there is no card: it trains, and survives the loss of its device. */
import { browserFlags, ensureBrowser } from '../../scripts/browser.mjs';
import { PROTOCOL_VERSION } from '../../src/workers/protocol';
import { csv } from '../rows';
import { expect, test } from '../test';

test.use({
  launchOptions: { executablePath: await ensureBrowser(), args: browserFlags({ webgpu: true }) },
});

const FEW = Array.from({ length: 12 }, (_, i) => {
  const label = i % 2 === 0 ? 'good' : 'bad';
  return { text: `${label} ${i}`, label };
});

test('a lost device costs nothing: the run goes on from its checkpoint', async ({ studio, page }) => {
  await studio.open();
  // Few rows and short ones: a software adapter reads about one text a second.
  await studio.data.openFile('tickets.csv', csv(FEW));
  await studio.toMethod();
  await studio.method.choose('Head only');
  await studio.method.set('Passes over the data', 200);
  await studio.method.set('Stop when no better for', 0);
  await page.getByRole('button', { name: /^Where the model runs: (?!Testing)/ }).click();
  await page.getByText('Graphics card', { exact: true }).click();
  await expect(page.getByRole('dialog', { name: 'Where the model runs' })).toContainText('WebGPU');
  await page.keyboard.press('Escape');
  await studio.method.train();
  await studio.train.expectStep(3);
  await page.workers()[0]?.evaluate((version) => {
    const data = { type: 'call', version, id: 1e9, kind: 'machine.loseDevice', params: null };
    self.dispatchEvent(new MessageEvent('message', { data }));
  }, PROTOCOL_VERSION);
  await expect(page.getByText(/Your run goes on from step/)).toBeVisible({ timeout: 60_000 });
  // The rows, too, are at hand again in the fresh worker.
  await studio.go('Data');
  await expect(page.getByRole('table', { name: /rows/i }).getByText('good 0')).toBeVisible();
  await studio.go('Train');
  await studio.train.stop.click();
  await studio.train.expectFinished();
});
