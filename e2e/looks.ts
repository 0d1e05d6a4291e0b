/** How a screen must look, whatever it shows. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const PHONE = { width: 375, height: 740 };
export const DESKTOP = { width: 1280, height: 900 };

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

/** No axe violation in light and dark, and nothing to scroll sideways on a phone. */
export async function checkLooks(page: Page, screen: string): Promise<void> {
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
