import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { unzipSync } from 'fflate';

export class ExportPage {
  readonly files: Locator;

  constructor(private readonly page: Page) {
    this.files = page.getByRole('table', { name: 'Files in the zip' });
  }

  /** The unpacked zip, by paths without the folder all files stand in. */
  async download(): Promise<Map<string, Uint8Array>> {
    const waiting = this.page.waitForEvent('download', { timeout: 90_000 });
    await this.page.getByRole('button', { name: /^Download/ }).click();
    const zip = unzipSync(new Uint8Array(await readFile(await (await waiting).path())));
    return new Map(Object.entries(zip).map(([path, bytes]) => [path.replace(/^[^/]+\//, ''), bytes]));
  }
}
