/** The frame around every screen, and the screens. */
import { expect, type Page } from '@playwright/test';
import { ComparePage } from './compare';
import { DataPage } from './data';
import { EndpointPage } from './endpoint';
import { ExportPage } from './export';
import { MethodPage } from './method';
import { ModelsPage } from './models';
import { RunsPage } from './runs';
import { StudyPage } from './study';
import { TrainPage } from './train';
import { WorkshopPage } from './workshop';

export class Studio {
  readonly data: DataPage;
  readonly models: ModelsPage;
  readonly method: MethodPage;
  readonly train: TrainPage;
  readonly compare: ComparePage;
  readonly export: ExportPage;
  readonly runs: RunsPage;
  readonly study: StudyPage;
  readonly endpoint: EndpointPage;
  readonly workshop: WorkshopPage;

  constructor(readonly page: Page) {
    this.data = new DataPage(page);
    this.models = new ModelsPage(page);
    this.method = new MethodPage(page);
    this.train = new TrainPage(page);
    this.compare = new ComparePage(page);
    this.export = new ExportPage(page);
    this.runs = new RunsPage(page);
    this.study = new StudyPage(page);
    this.endpoint = new EndpointPage(page);
    this.workshop = new WorkshopPage(page);
  }

  async open(): Promise<void> {
    await this.page.goto('/data');
    await this.expectQuestion('What should the model learn from?');
  }

  async expectQuestion(question: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: question })).toBeVisible();
  }

  async go(
    step: 'Data' | 'Model' | 'Method' | 'Train' | 'Compare' | 'Export' | 'Prompt or tune?' | 'Runs',
  ): Promise<void> {
    const toggle = this.page.getByRole('button', { name: /^Step|^Steps$/ });
    if (await toggle.isVisible()) await toggle.click();
    await this.page.getByRole('navigation', { name: 'Journey' }).getByRole('link', { name: step }).click();
  }

  /** Where the model runs, and why there. */
  async machine(): Promise<string> {
    await this.page.getByRole('button', { name: /^Where the model runs: (?!Testing)/ }).click();
    const menu = this.page.getByRole('dialog', { name: 'Where the model runs' });
    const text = (await menu.textContent()) ?? '';
    await this.page.keyboard.press('Escape');
    return text;
  }

  /** All that this browser keeps of the site, by name and as text. */
  async kept(): Promise<string> {
    return this.page.evaluate(async () => {
      const files = async (folder: FileSystemDirectoryHandle, path: string): Promise<string[]> => {
        const found: string[] = [];
        for await (const [name, entry] of folder.entries()) {
          const at = `${path}/${name}`;
          if (entry.kind === 'directory')
            found.push(...(await files(entry as FileSystemDirectoryHandle, at)));
          else found.push(at, await (await (entry as FileSystemFileHandle).getFile()).text());
        }
        return found;
      };
      const entries = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
      const others = JSON.stringify([await indexedDB.databases(), await caches.keys()]);
      return [entries, others, ...(await files(await navigator.storage.getDirectory(), ''))].join('\n');
    });
  }

  /** From opened data to the Method screen, by the buttons that lead on. */
  async toMethod(): Promise<void> {
    await this.page.getByRole('button', { name: 'Choose a model' }).click();
    await this.page.getByRole('button', { name: 'Choose how it learns' }).click();
    await this.expectQuestion('How should it learn?');
  }
}
