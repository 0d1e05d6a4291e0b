import { expect, type Locator, type Page } from '@playwright/test';

export class ModelsPage {
  readonly hub: Locator;
  readonly address: Locator;
  readonly computer: Locator;
  readonly machine: Locator;
  readonly hits: Locator;
  readonly stored: Locator;

  constructor(private readonly page: Page) {
    this.hub = page.getByRole('region', { name: /^From the (Hugging Face Hub|hub at)/ });
    this.address = page.getByRole('region', { name: 'From an address' });
    this.computer = page.getByRole('region', { name: 'From your computer' });
    this.machine = page.getByRole('region', { name: 'Models on this machine' });
    this.hits = page.getByRole('list', { name: /^Models found for/ });
    this.stored = page.getByRole('list', { name: 'Stored models' });
  }

  async useHub(address: string): Promise<void> {
    await this.hub.getByRole('button', { name: 'Another hub, or a token' }).click();
    await this.hub.getByLabel('Address of the hub').fill(address);
    await this.hub.getByLabel('Address of the hub').press('Enter');
    await expect(
      this.page.getByRole('region', { name: `From the hub at ${new URL(address).host}` }),
    ).toBeVisible();
    await this.hub.getByRole('button', { name: 'Another hub, or a token' }).click();
  }

  async search(text: string): Promise<void> {
    await this.hub.getByRole('textbox', { name: 'Model' }).fill(text);
    await this.hub.getByRole('textbox', { name: 'Model' }).press('Enter');
  }

  offer(repo: string): Locator {
    return this.hub.getByRole('region', { name: repo });
  }

  async lookAt(address: string): Promise<void> {
    await this.address.getByRole('textbox', { name: 'Address' }).fill(address);
    await this.address.getByRole('button', { name: 'Look', exact: true }).click();
  }

  /** A file or folder of this computer, let go over the panel by the mouse. */
  async drop(path: string): Promise<void> {
    const target = this.computer.getByText('Drop a folder or a zip here');
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) throw new Error('there is no place to drop at');
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    // Playwright has no way to drop a folder; Chromium's own protocol has.
    const session = await this.page.context().newCDPSession(this.page);
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...at, data });
    }
    await session.detach();
  }

  /** A folder of this computer, by its path. */
  async openFolder(path: string): Promise<void> {
    await this.page.getByLabel('Model folder').setInputFiles(path);
  }

  async openZip(name: string, buffer: Buffer): Promise<void> {
    await this.page.getByLabel('Model zip').setInputFiles({ name, mimeType: 'application/zip', buffer });
  }

  async expectChosen(name: string): Promise<void> {
    await expect(this.page.getByRole('radio', { name })).toBeChecked();
  }

  async delete(name: string): Promise<void> {
    await this.machine.getByRole('button', { name: `Delete ${name}` }).click();
    await this.page.getByRole('button', { name: 'Delete', exact: true }).click();
  }
}
