import { expect, type Locator, type Page } from '@playwright/test';

/** Several ways, some of which train, on two cores. */
const STUDY_TIMEOUT = 240_000;

export class StudyPage {
  readonly table: Locator;
  readonly queue: Locator;
  readonly interrupted: Locator;

  constructor(private readonly page: Page) {
    this.table = page.getByRole('table', { name: 'Every way and what it costs' });
    this.queue = page.getByRole('list', { name: 'The ways in turn' });
    this.interrupted = page.getByRole('region', { name: 'Interrupted study' });
  }

  /** Ticks these ways and no other. */
  async choose(ways: readonly string[]): Promise<void> {
    const boxes = this.page.getByRole('group').getByRole('checkbox');
    await expect(boxes.first()).toBeVisible();
    for (const box of await boxes.all()) await box.setChecked(false);
    for (const way of ways) await this.box(way).setChecked(true);
  }

  box(way: string): Locator {
    return this.page.getByRole('checkbox', { name: way, exact: true });
  }

  /** @param force presses it even where it says that it cannot be pressed */
  async start({ force = false } = {}): Promise<void> {
    await this.page.getByRole('button', { name: /^(Compare|Ask) \d+/ }).click({ force });
  }

  async more(way: string): Promise<void> {
    await this.row(way)
      .getByRole('button', { name: `More about ${way}` })
      .click();
  }

  row(way: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('rowheader', { name: way }) });
  }

  async expectFinished(): Promise<void> {
    await expect(this.page.getByRole('button', { name: 'Add or change ways' })).toBeVisible({
      timeout: STUDY_TIMEOUT,
    });
    await expect(this.queue).toBeHidden();
  }

  async addOrChange(): Promise<void> {
    await this.page.getByRole('button', { name: 'Add or change ways' }).click();
  }

  async compareWith(way: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Compare all others with' }).click();
    await this.page.getByRole('option', { name: way }).click();
  }
}
