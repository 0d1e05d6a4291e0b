import { expect, type Locator, type Page } from '@playwright/test';

export class ComparePage {
  constructor(private readonly page: Page) {}

  side(name: 'Before' | 'After'): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  /** Both models answer a typed text. */
  async ask(text: string): Promise<void> {
    await this.page.getByLabel('A text to classify').fill(text);
    await this.page.getByRole('button', { name: 'Ask both models' }).click();
  }

  async expectScores(testRows: number): Promise<void> {
    for (const name of ['Before', 'After'] as const) {
      await expect(this.side(name)).toContainText(/\d+(\.\d)?\s?%/);
      await expect(this.side(name)).toContainText(`n = ${testRows}`);
    }
  }

  async toExport(): Promise<void> {
    await this.page.getByRole('button', { name: 'Export' }).click();
  }
}
