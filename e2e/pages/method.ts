import { expect, type Page } from '@playwright/test';

export class MethodPage {
  constructor(private readonly page: Page) {}

  async choose(label: string): Promise<void> {
    const radio = this.page.getByRole('radio', { name: label });
    const others = this.page.getByRole('button', { name: /^Show \d+ more$/ });
    if (!(await radio.isVisible()) && (await others.isVisible())) await others.click();
    // The input lies under its card.
    await radio.check({ force: true });
    await expect(radio).toBeChecked();
  }

  async set(setting: string, value: number): Promise<void> {
    const box = this.page.getByRole('textbox', { name: setting, exact: true });
    if (!(await box.isVisible())) await this.page.getByRole('button', { name: 'More settings' }).click();
    await box.fill(String(value));
    await box.blur();
  }

  async train(): Promise<void> {
    await this.page.getByRole('button', { name: /^Train/ }).click();
  }
}
