/** A visitor measures their own machine: the link, cancelling, the figures, and taking them along. */
import { checkLooks, DESKTOP } from '../looks';
import { expect, test } from '../test';

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('measuring this machine', async ({ studio, page }) => {
  await page.setViewportSize(DESKTOP);
  await studio.open();
  await page.getByRole('button', { name: /^Where the model runs: (?!Testing)/ }).click();
  await page.getByRole('link', { name: 'Measure this machine' }).click();
  await studio.expectQuestion('How fast is this machine?');
  const measure = page.getByRole('button', { name: /^Measure ~/ });

  await measure.click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(measure).toBeEnabled();
  await expect(page.getByRole('alert')).toHaveCount(0);

  await measure.click();
  await expect(page.getByRole('button', { name: /^Measure again/ })).toBeVisible({ timeout: 120_000 });
  const table = page.getByRole('table', { name: 'Measured on this machine' });
  const step = table.getByRole('row', { name: /A training step/ });
  const [hone, stock] = (await step.getByRole('cell').allTextContents())
    .filter((text) => text.endsWith(' ms'))
    .map((text) => Number(text.replace(/[^\d.]/g, '')));
  expect(hone).toBeGreaterThan(0);
  expect(stock).toBeGreaterThan(hone ?? 0);
  await expect(page.getByRole('heading', { level: 2 })).toContainText('A training step takes');
  await expect(page.getByText(/Graphics card .*: not measured/)).toBeVisible();

  await page.getByRole('button', { name: 'Copy as Markdown' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('| A training step | Processor (WebAssembly) |');
  await checkLooks(page, 'Bench');
});
