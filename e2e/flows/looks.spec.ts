/** Every screen: no axe violation in light and dark, and nothing to scroll sideways on a phone. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { csv } from '../rows';
import { expect, test } from '../test';

const PHONE = { width: 375, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

/** Colours and sizes follow the browser's settings a frame or a transition later; axe must not look in between. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map((transition) => transition.finished));
    await frame();
  });
}

async function check(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await settle(page);
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
    await settle(page);
    // Its usual way opens a page more for every look, which only sites with foreign frames need.
    const axe = new AxeBuilder({ page }).setLegacyMode();
    // Names, roles and order are the same in the dark; only what is seen differs.
    if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block']);
    const { violations } = await axe.analyze();
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect.soft(told, `${screen}, ${colorScheme}`).toEqual([]);
  }
  await page.setViewportSize(PHONE);
  await settle(page);
  const overhang = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.soft
    .poll(overhang, { message: `${screen} scrolls sideways on a phone` })
    .toBeLessThanOrEqual(0);
  await page.setViewportSize(DESKTOP);
  await settle(page);
}

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
