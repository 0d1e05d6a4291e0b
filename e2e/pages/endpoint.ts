import type { Locator, Page } from '@playwright/test';

const WAY = 'Prompt: another model';

/** The way that asks a model elsewhere: its settings, its key, and the yes without which no row leaves. */
export class EndpointPage {
  readonly agreed: Locator;
  readonly key: Locator;
  /** What is told before anything is sent. */
  readonly told: Locator;
  private readonly settings: Locator;

  constructor(private readonly page: Page) {
    this.agreed = page.getByRole('checkbox', { name: /^Send these rows to/ });
    this.key = page.getByLabel('Key', { exact: true });
    this.told = page.getByRole('alert').filter({ hasText: 'Rows will leave this tab' });
    this.settings = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('checkbox', { name: WAY, exact: true }) });
  }

  async openSettings(): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^Settings of ${WAY}`) }).click();
    const more = this.settings.getByRole('button', { name: 'More settings' });
    if (await more.isVisible()) await more.click();
  }

  async set(setting: string, value: string | number): Promise<void> {
    const box = this.settings.getByRole('textbox', { name: setting, exact: true });
    await box.fill(String(value));
    await box.blur();
  }
}
