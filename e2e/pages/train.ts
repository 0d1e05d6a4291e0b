import { expect, type Locator, type Page } from '@playwright/test';

const RUN_TIMEOUT = 240_000;
/** Asked often: a run of few steps would be over before Playwright's own rhythm asks again. */
const OFTEN = { timeout: RUN_TIMEOUT, intervals: [100] };

export class TrainPage {
  readonly pause: Locator;
  readonly resume: Locator;
  readonly stop: Locator;
  readonly interrupted: Locator;
  readonly panel: Locator;

  constructor(private readonly page: Page) {
    this.pause = page.getByRole('button', { name: 'Pause' });
    this.resume = page.getByRole('button', { name: 'Resume' });
    this.stop = page.getByRole('button', { name: 'Stop and keep the best' });
    this.interrupted = page.getByRole('region', { name: 'Interrupted run' });
    this.panel = page.getByRole('complementary', { name: 'How the run is going' });
  }

  async expectFinished(timeout = RUN_TIMEOUT): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: 'Did it learn?' })).toBeVisible({
      timeout,
    });
  }

  /** The step now shown; 0 before the first. */
  async step(): Promise<number> {
    const text = (await this.panel.textContent()) ?? '';
    return Number(/Step\s*([\d,]+)/.exec(text)?.[1]?.replaceAll(',', '') ?? 0);
  }

  async expectStep(atLeast: number): Promise<void> {
    await expect.poll(() => this.step(), OFTEN).toBeGreaterThanOrEqual(atLeast);
  }

  /** Holds the run, which saves it, and waits until it is saved. */
  async hold(): Promise<void> {
    const before = await this.checkpoint();
    await this.pause.click();
    await expect(this.resume).toBeVisible();
    await expect.poll(() => this.checkpoint(), OFTEN).toBeGreaterThan(before);
  }

  /** Step of the last checkpoint, as the page keeps it; -1 before the first. */
  private checkpoint(): Promise<number> {
    return this.page.evaluate(() => {
      const key = Object.keys(localStorage).findLast((name) => name.startsWith('hone.telemetry.'));
      const kept = JSON.parse((key && localStorage.getItem(key)) ?? 'null');
      return Number(kept?.checkpointStep ?? -1);
    });
  }

  async cancel(): Promise<void> {
    await this.page.getByRole('button', { name: 'Cancel' }).click();
    await this.page.getByRole('button', { name: 'Throw it away' }).click();
  }

  async goOn(): Promise<void> {
    await this.interrupted.getByRole('button', { name: 'Go on' }).click();
  }

  async toCompare(): Promise<void> {
    await this.page.getByRole('button', { name: 'Compare before and after' }).click();
  }
}
