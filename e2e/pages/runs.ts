import { type Download, expect, type Locator, type Page } from '@playwright/test';
import { type RunReport, runReportSchema } from '../../src/engine/core/report';

export class RunsPage {
  readonly table: Locator;

  constructor(private readonly page: Page) {
    this.table = page.getByRole('table', { name: 'Saved runs' });
  }

  async open(name: RegExp): Promise<void> {
    await this.table.getByRole('link', { name }).first().click();
    await expect(this.page.getByRole('heading', { level: 1, name: 'Did tuning help?' })).toBeVisible();
  }

  async saveAsFile(): Promise<Download> {
    const waiting = this.page.waitForEvent('download');
    await this.table
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await this.page.getByRole('menuitem', { name: 'Save as a file' }).click();
    return waiting;
  }

  async renameStudy(name: string): Promise<void> {
    const studies = this.page.getByRole('table', { name: 'Saved studies' });
    await studies.getByRole('button', { name: /^More for/ }).click();
    await this.page.getByRole('menuitem', { name: 'Rename' }).click();
    await this.page.getByRole('textbox', { name: 'Name' }).fill(name);
    await this.page.getByRole('button', { name: 'Rename' }).click();
  }

  /** Lays all finished runs over each other. */
  async overlayAll(): Promise<void> {
    const boxes = this.table.getByRole('checkbox', { name: /^Lay / });
    await expect(boxes.nth(1)).toBeVisible();
    for (const box of await boxes.all()) await box.check();
  }

  async import(file: string): Promise<void> {
    await this.page.getByLabel('Run file').setInputFiles(file);
  }

  /** Reports of finished runs as they lie in the browser's storage, oldest first. */
  async reports(): Promise<RunReport[]> {
    const texts = await this.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const runs = await (await root.getDirectoryHandle('hone')).getDirectoryHandle('runs');
      const found: string[] = [];
      for await (const folder of runs.values()) {
        if (folder.kind !== 'directory') continue;
        const handle = await (folder as FileSystemDirectoryHandle)
          .getFileHandle('report.json')
          .catch(() => null);
        if (handle) found.push(await (await handle.getFile()).text());
      }
      return found;
    });
    const reports = texts.map((text) => runReportSchema.parse(JSON.parse(text)));
    return reports.sort((a, b) => a.finished_at.localeCompare(b.finished_at));
  }
}
