/** Playwright's test with the studio's page objects; an error thrown in the page fails the test. */
import { test as base, expect } from '@playwright/test';
import { Studio } from './pages/studio';

export const test = base.extend<{ studio: Studio }>({
  studio: async ({ page }, use) => {
    const thrown: Error[] = [];
    page.on('pageerror', (error) => thrown.push(error));
    await use(new Studio(page));
    expect(thrown).toEqual([]);
  },
});

export { expect };
