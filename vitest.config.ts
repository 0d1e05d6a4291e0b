/** Unit tests: in Node, and in a real Chromium what Node cannot run, which is threads on one memory and relaxed SIMD. */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserFlags, ensureBrowser } from './scripts/browser.mjs';

const IN_BROWSER = 'src/**/*.browser.test.ts';
const app = './vite.config.ts';

const browser = playwright({
  launchOptions: {
    executablePath: await ensureBrowser({ toStderr: true }),
    args: browserFlags({ webgpu: false }),
  },
});

export default defineConfig({
  test: {
    // The default leaves one core idle: on two that is half the machine.
    maxWorkers: '100%',
    projects: [
      {
        extends: app,
        test: {
          name: 'node',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [IN_BROWSER],
          // A software GPU on a busy machine is slow; a test that hangs is still ended.
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: app,
        test: {
          name: 'browser',
          include: [IN_BROWSER],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: browser,
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
