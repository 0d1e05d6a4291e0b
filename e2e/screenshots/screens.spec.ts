/** The pictures of the README: `npm run screenshots` makes them anew from a real run of a sample. */
import type { Page } from '@playwright/test';
import { expect, test } from '../test';

test.use({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 2, colorScheme: 'light' });

/** A sample of 681 rows, on a slow machine. */
const RUN_MS = 1_200_000;

async function picture(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `docs/images/${name}.png`, animations: 'disabled' });
}

test('the journey of a sample', async ({ studio, page }) => {
  test.setTimeout(RUN_MS + 120_000);
  await studio.open();
  await studio.data.openSample('Support messages');
  await expect(studio.data.facts).toContainText('rows kept');
  await picture(page, 'data');
  await studio.toMethod();
  await studio.method.choose('Adapter (LoRA)');
  await picture(page, 'method');
  await studio.method.train();
  await studio.train.expectFinished(RUN_MS);
  await picture(page, 'train');
  await studio.train.toCompare();
  await studio.expectQuestion('Did tuning help?');
  await picture(page, 'compare');
  await studio.compare.toExport();
  await expect(studio.export.files).toBeVisible();
  await picture(page, 'export');
});
