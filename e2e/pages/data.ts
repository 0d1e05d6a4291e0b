import { expect, type Locator, type Page } from '@playwright/test';

export class DataPage {
  readonly facts: Locator;
  readonly error: Locator;
  readonly findings: Locator;

  constructor(private readonly page: Page) {
    this.facts = page.getByRole('list', { name: 'Facts about the data' });
    this.error = page.getByRole('main').getByRole('alert');
    this.findings = page.getByRole('list', { name: 'Findings' });
  }

  async openFile(name: string, content: string | Buffer): Promise<void> {
    const buffer = typeof content === 'string' ? Buffer.from(content) : content;
    await this.page.getByLabel('Data file').setInputFiles({ name, mimeType: 'text/plain', buffer });
  }

  /** Opens a file in place of the one that is open, or the first. */
  async replaceFile(name: string, content: string | Buffer): Promise<void> {
    const other = this.page.getByRole('button', { name: 'Open other data' });
    if (!(await other.isVisible())) {
      await this.openFile(name, content);
      return;
    }
    await other.click();
    await this.openFile(name, content);
    // It closes when the new file has taken the place of the old one.
    await expect(this.page.getByRole('dialog', { name: 'Open other data' })).toBeHidden();
  }

  async paste(rows: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Paste rows' }).click();
    await this.page.getByLabel('Rows', { exact: true }).fill(rows);
    await this.page.getByRole('button', { name: 'Open these rows' }).click();
  }

  async openSample(name: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`sample ${name}`) }).click();
  }

  async expectRows(kept: number, classes: number): Promise<void> {
    await expect(this.facts).toContainText(`${kept.toLocaleString('en')} rows kept`);
    await expect(this.facts).toContainText(`${classes} class`);
  }

  role(column: string): Locator {
    return this.page.getByRole('button', { name: `Role of ${column}:` });
  }
}
