import { defineConfig } from '@playwright/test';
import { browserFlags, ensureBrowser } from './scripts/browser.mjs';

export const PORT = 4180;
/** The same files without the headers that threads need. */
export const PLAIN_PORT = 4181;

const executablePath = await ensureBrowser();

export default defineConfig({
  projects: [
    { name: 'journeys', testDir: 'e2e/flows' },
    { name: 'screenshots', testDir: 'e2e/screenshots' },
  ],
  outputDir: 'test-results/journeys',
  // Training takes every core; two runs at once would wait for each other at every operation.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 20_000 },
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['line'], ['json', { outputFile: 'test-results/journeys.json' }]],
  use: {
    baseURL: `http://127.0.0.1:${PORT}`,
    // Recording takes as much of two cores as training does, so only a second try is recorded.
    trace: 'on-first-retry',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { executablePath, args: browserFlags({ webgpu: false }) },
  },
  webServer: [
    { command: `node scripts/server.mjs --port ${PORT}`, port: PORT },
    { command: `node scripts/server.mjs --port ${PLAIN_PORT} --not-isolated`, port: PLAIN_PORT },
  ],
});
