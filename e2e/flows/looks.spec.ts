/** Every screen: no axe violation in light and dark, and nothing to scroll sideways on a phone. */
import { checkLooks as check, DESKTOP } from '../looks';
import { csv } from '../rows';
import { expect, test } from '../test';

test('every screen, before and after a run', async ({ studio, page }) => {
  await page.setViewportSize(DESKTOP);
  await studio.open();
  await expect(page.getByRole('button', { name: /sample Support messages/ })).toBeVisible();
  await check(page, 'Data, empty');
  await studio.go('Compare');
  await studio.expectQuestion('Did tuning help?');
  await check(page, 'Compare, empty');
  await studio.go('Export');
  await studio.expectQuestion('Where should it go?');
  await check(page, 'Export, empty');
  await studio.go('Runs');
  await studio.expectQuestion('What have you trained so far?');
  await check(page, 'Runs, empty');

  await studio.go('Data');
  await studio.data.openFile('tickets.csv', `${csv()}only one cell\n,refund\n`);
  await expect(studio.data.facts).toContainText('rows kept');
  await check(page, 'Data');
  await page.getByRole('button', { name: 'Choose a model' }).click();
  await studio.expectQuestion('Which model should learn it?');
  await check(page, 'Model');
  await page.getByRole('button', { name: 'Choose how it learns' }).click();
  await studio.expectQuestion('How should it learn?');
  await page.getByRole('button', { name: 'More settings' }).click();
  await check(page, 'Method');
  await page.getByRole('button', { name: /^Show \d+ more$/ }).click();
  await check(page, 'Method, all ways');
  await studio.go('Train');
  await studio.expectQuestion('Ready to train?');
  await check(page, 'Train, ready');

  await studio.go('Method');
  await studio.method.choose('Layer-wise');
  await studio.method.set('Passes over the data', 200);
  await studio.method.set('Stop when no better for', 0);
  await studio.method.train();
  await studio.train.expectStep(5);
  await check(page, 'Train, under way');
  await studio.train.stop.click();
  await studio.train.expectFinished();
  await check(page, 'Train, finished');
  await studio.train.toCompare();
  await studio.expectQuestion('Did tuning help?');
  await check(page, 'Compare');
  await studio.compare.toExport();
  await expect(studio.export.files).toBeVisible();
  await check(page, 'Export');
  await studio.go('Runs');
  await expect(studio.runs.table).toBeVisible();
  await check(page, 'Runs');
});
