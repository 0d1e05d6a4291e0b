/** What goes wrong in mid-run: a checkpoint is damaged, the disk is full, the loss explodes. */
import type { Page } from '@playwright/test';
import type { Studio } from '../pages/studio';
import { csv } from '../rows';
import { expect, test } from '../test';

async function start(studio: Studio, method: string, settings: Record<string, number>): Promise<void> {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.toMethod();
  await studio.method.choose(method);
  for (const [name, value] of Object.entries(settings)) await studio.method.set(name, value);
  await studio.method.train();
}

/** Overwrites the newest checkpoint's bytes where the browser keeps them. */
async function damageCheckpoint(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const runs = await (await root.getDirectoryHandle('hone')).getDirectoryHandle('runs');
    let newest: { handle: FileSystemFileHandle; time: number } | null = null;
    for await (const run of runs.values()) {
      if (run.kind !== 'directory') continue;
      for await (const handle of (run as FileSystemDirectoryHandle).values()) {
        if (handle.kind !== 'file' || !handle.name.endsWith('.safetensors')) continue;
        const time = (await (handle as FileSystemFileHandle).getFile()).lastModified;
        if (!newest || time > newest.time) newest = { handle: handle as FileSystemFileHandle, time };
      }
    }
    if (!newest) throw new Error('no checkpoint found');
    const stream = await newest.handle.createWritable({ keepExistingData: true });
    await stream.write({ type: 'write', position: 2000, data: new Uint8Array(64).fill(85) });
    await stream.close();
  });
}

test('a damaged checkpoint is noticed, and the run goes on from the one before', async ({ studio, page }) => {
  await start(studio, 'Layer-wise', { 'Passes over the data': 30, 'Stop when no better for': 0 });
  await studio.train.expectStep(4);
  await studio.train.hold();
  await damageCheckpoint(page);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await studio.train.goOn();
  await expect(page.getByText('A saved checkpoint was damaged')).toBeVisible({ timeout: 60_000 });
  await studio.train.stop.click();
  await studio.train.expectFinished();
});

test('a loss that explodes is said, and the best weights are kept', async ({ studio, page }) => {
  await start(studio, 'Layer-wise', { 'Step size': 1, 'Gentle start': 0, 'Largest step allowed': 100 });
  await studio.train.expectFinished();
  await expect(page.getByRole('main')).toContainText('Training came apart');
});

test('a full disk stops saving, not the run', async ({ studio, page }) => {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.toMethod();
  await studio.method.choose('Layer-wise');
  await studio.method.set('Passes over the data', 20);
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 5_000_000 });
  await studio.method.train();
  await expect(page.getByText(/no room left for checkpoints/)).toBeVisible({ timeout: 100_000 });
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await studio.train.stop.click();
  await studio.train.expectFinished();
});
