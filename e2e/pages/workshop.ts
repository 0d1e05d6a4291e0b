import { expect, type Locator, type Page } from '@playwright/test';

export class WorkshopPage {
  readonly bar: Locator;
  private readonly dialog: Locator;

  constructor(private readonly page: Page) {
    this.bar = page.getByRole('region', { name: 'Workshop', exact: true });
    this.dialog = page.getByRole('dialog', { name: 'Make a workshop link' });
  }

  async openDialog(title: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Make a workshop link' }).click();
    await this.dialog.getByLabel('Title').fill(title);
  }

  async nameFile(url: string): Promise<void> {
    await this.dialog.getByRole('radio', { name: 'A file on the web' }).check();
    await this.dialog.getByLabel('Address of the file').fill(url);
  }

  /** Asks for the file and fixes what it must be. */
  async fixFile(): Promise<void> {
    await this.dialog.getByRole('button', { name: /^Fetch it once/ }).click();
    await expect(this.dialog.getByText('another file will be refused')).toBeVisible();
  }

  async link(): Promise<string> {
    return this.dialog.getByRole('textbox', { name: 'The link' }).inputValue();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.dialog).toBeHidden();
  }

  /** What is told before it is opened. */
  async expectOffer(words: readonly string[]): Promise<void> {
    const told = this.page.getByRole('region', { name: 'What the link holds' });
    for (const text of words) await expect(told).toContainText(text);
  }

  async accept(label: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: label }).click();
    await expect(this.bar).toBeVisible();
  }
}
