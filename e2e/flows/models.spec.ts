/** Models from anywhere: a hub or an address whose connection breaks, a folder, a zip; what is refused says why. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { zipSync } from 'fflate';
import { tinyFolder } from '../../src/workers/testModelFiles';
import { type HubServer, startHub } from '../hubServer';
import { checkLooks, DESKTOP } from '../looks';
import type { Studio } from '../pages/studio';
import { csv, ROWS } from '../rows';
import { expect, test } from '../test';

const REPO = 'makers/tiny-bert';

async function toModels(studio: Studio): Promise<void> {
  await studio.open();
  await studio.data.openFile('tickets.csv', csv());
  await studio.data.expectRows(ROWS.length, 3);
  await studio.page.getByRole('button', { name: 'Choose a model' }).click();
  await studio.expectQuestion('Which model should learn it?');
}

/** From the chosen model to a tuned one and its files. */
async function tuneAndExport(studio: Studio, method: string): Promise<Map<string, Uint8Array>> {
  await studio.page.getByRole('button', { name: 'Choose how it learns' }).click();
  await studio.method.choose(method);
  await studio.method.set('Passes over the data', 1);
  await studio.method.train();
  await studio.train.expectFinished();
  await studio.train.toCompare();
  await studio.compare.toExport();
  await expect(studio.export.files).toBeVisible();
  return studio.export.download();
}

function filesAsked(hub: HubServer): string[] {
  return hub.requests
    .filter(({ path }) => path.includes('/resolve/') && path.endsWith('.safetensors'))
    .map(({ range }) => range?.split('-')[0] ?? '');
}

test('a model from a hub: searched, downloaded over a broken connection, tuned, exported, deleted', async ({
  studio,
  page,
}) => {
  const hub = await startHub({
    repositories: { [REPO]: { files: tinyFolder(), licence: 'mit' } },
    cut: { path: 'model.safetensors', after: 30_000 },
  });
  await toModels(studio);
  await studio.models.useHub(hub.url);
  expect(hub.requests).toEqual([]);
  await studio.models.search('tiny');
  await expect(studio.models.hits).toContainText('bert · mit');
  await studio.models.hits.getByRole('button', { name: `Look at ${REPO}` }).click();
  const offer = studio.models.offer(REPO);
  await expect(offer).toContainText('mit');
  await expect(offer).toContainText('fits');
  expect(filesAsked(hub)).toEqual([]);
  await offer.getByRole('button', { name: /^Download/ }).click();
  await studio.models.expectChosen(REPO);
  expect(filesAsked(hub)).toEqual(['bytes=0', 'bytes=30000']);
  await expect(studio.models.stored).toContainText(REPO);

  const files = await tuneAndExport(studio, 'Adapter (LoRA)');
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['adapter_model.safetensors', 'adapter_config.json']),
  );
  const [report] = await studio.runs.reports();
  expect(report?.config.model.id).toMatch(/^makers\/tiny-bert@[0-9a-f]{8}$/);
  // Nothing of the run went there.
  expect(hub.requests.every(({ path }) => path.startsWith('/api/') || path.includes('/resolve/'))).toBe(true);

  // It is kept over a reload, and gone when it is deleted.
  await studio.go('Model');
  await page.reload();
  await studio.models.expectChosen(REPO);
  await studio.models.delete(REPO);
  await expect(studio.models.machine).toContainText('Nothing is stored');
  await expect(page.getByRole('radio', { name: REPO })).toBeHidden();
  await hub.close();
});

test('a download that is paused goes on after a reload', async ({ studio, page }) => {
  const hub = await startHub({ repositories: { [REPO]: { files: tinyFolder() } }, pace: 400 });
  await toModels(studio);
  await studio.models.useHub(hub.url);
  await studio.models.search(REPO);
  await studio.models
    .offer(REPO)
    .getByRole('button', { name: /^Download/ })
    .click();
  await expect(studio.models.hub.getByText(/Downloading model.safetensors · [1-9]/)).toBeVisible();
  await studio.models.hub.getByRole('button', { name: 'Pause' }).click();
  await expect(studio.models.stored).toContainText('Download paused');
  await page.reload();
  await studio.models.machine.getByRole('button', { name: `Go on with the download of ${REPO}` }).click();
  await studio.models.expectChosen(REPO);
  expect(filesAsked(hub)).toHaveLength(2);
  expect(filesAsked(hub)[1]).not.toBe('bytes=0');
  await hub.close();
});

test('a download that is thrown away leaves nothing', async ({ studio, page }) => {
  const hub = await startHub({ repositories: { [REPO]: { files: tinyFolder() } }, pace: 400 });
  await toModels(studio);
  await studio.models.useHub(hub.url);
  await studio.models.search(REPO);
  const start = studio.models.offer(REPO).getByRole('button', { name: /^Download/ });
  await start.click();
  await expect(studio.models.hub.getByText(/Downloading model.safetensors · [1-9]/)).toBeVisible();
  await studio.models.hub.getByRole('button', { name: 'Pause' }).click();
  await studio.models.machine.getByRole('button', { name: `Throw away the download of ${REPO}` }).click();
  await expect(studio.models.machine).toContainText('Nothing is stored');
  await page.reload();
  await expect(studio.models.machine).toContainText('Nothing is stored');
  // The same again begins from nothing.
  await studio.models.search(REPO);
  await start.click();
  await studio.models.expectChosen(REPO);
  expect(filesAsked(hub)).toEqual(['bytes=0', 'bytes=0']);
  await hub.close();
});

test('a model from an address: a zip over a broken connection, and a folder; others say why not', async ({
  studio,
}) => {
  const zip = zipSync(Object.fromEntries(tinyFolder()));
  const files = new Map([...tinyFolder(), ['our-bert.zip', zip] as const]);
  const repositories = { [REPO]: { files } };
  const server = await startHub({ repositories, cut: { path: 'our-bert.zip', after: 30_000 } });
  const below = `/${REPO}/resolve/main/`;
  await toModels(studio);
  const { address } = studio.models;
  await studio.models.lookAt('our-bert');
  await expect(address.getByRole('alert')).toContainText('no address of a model');
  await studio.models.lookAt(`${server.url}${below}our-bert.zip`);
  await address.getByRole('button', { name: /^Download/ }).click();
  await studio.models.expectChosen('our-bert');
  const parts = server.requests.filter(({ path }) => path.endsWith('.zip')).map(({ range }) => range);
  expect(parts.map((range) => range?.split('-')[0])).toEqual(['bytes=0', 'bytes=0', 'bytes=30000']);
  await studio.models.lookAt(`${server.url}${below}config.json`);
  await expect(address.getByRole('region', { name: 'main' })).toContainText('bert');
  await address.getByRole('button', { name: /^Download/ }).click();
  await studio.models.expectChosen('main');

  const closed = await startHub({ repositories, closed: true });
  const elsewhere = await startHub({ repositories, sendOnTo: server.url });
  for (const [url, reason] of [
    [`${server.url}${below}README.md`, 'neither a zip nor a folder'],
    [`${closed.url}${below}`, 'Nothing came back'],
    [`${elsewhere.url}${below}our-bert.zip`, 'Nothing came back'],
  ] as const) {
    await studio.models.lookAt(url);
    await expect(address.getByRole('alert')).toContainText(reason);
  }
  await Promise.all([server, closed, elsewhere].map((each) => each.close()));
  await expect(studio.models.stored.getByRole('listitem')).toHaveCount(2);
  const exported = await tuneAndExport(studio, 'Adapter (LoRA)');
  expect([...exported.keys()]).toContain('adapter_model.safetensors');
});

test('a folder with a model is tuned', async ({ studio }) => {
  const place = await mkdtemp(path.join(tmpdir(), 'hone-model-'));
  const folder = path.join(place, 'our-bert');
  await mkdir(folder);
  for (const [name, bytes] of tinyFolder()) await writeFile(path.join(folder, name), bytes);
  await toModels(studio);
  await studio.models.openFolder(folder);
  await studio.models.expectChosen('our-bert');
  // By the mouse it is the same model again.
  await studio.models.delete('our-bert');
  await studio.models.drop(folder);
  await studio.models.expectChosen('our-bert');
  const files = await tuneAndExport(studio, 'Head only');
  expect([...files.keys()]).toContain('model.safetensors');
  const tokenizer = JSON.parse(Buffer.from(files.get('tokenizer_config.json') ?? []).toString());
  expect(tokenizer).toMatchObject({ pad_token: '[PAD]', padding_side: 'right' });
  await rm(place, { recursive: true });
});

test('a zip is a model too, and one that is none is refused', async ({ studio }) => {
  await toModels(studio);
  const entries = (files: ReadonlyMap<string, Uint8Array>) =>
    Buffer.from(zipSync(Object.fromEntries([...files].map(([name, bytes]) => [`tiny/${name}`, bytes]))));
  const pickle = tinyFolder({ 'model.safetensors': null, 'pytorch_model.bin': 'x' });
  await studio.models.openZip('pickle.zip', entries(pickle));
  await expect(studio.models.computer.getByRole('alert')).toContainText('Python pickle');
  await studio.models.openZip('tiny.zip', entries(tinyFolder()));
  await studio.models.expectChosen('tiny');
  await expect(studio.models.computer.getByRole('alert')).toBeHidden();
});

test('a model that needs consent is had with a token, which no reload keeps; others say why not', async ({
  studio,
  page,
}) => {
  const hub = await startHub({
    repositories: {
      [REPO]: { files: tinyFolder(), gatedBy: 'hf_mine' },
      'makers/old': { files: tinyFolder({ 'model.safetensors': null, 'pytorch_model.bin': 'x' }) },
      'makers/mamba': { files: tinyFolder({ 'config.json': '{"model_type":"mamba"}' }) },
    },
  });
  await page.setViewportSize(DESKTOP);
  await toModels(studio);
  await checkLooks(page, 'Model, nothing stored');
  await studio.models.useHub(hub.url);
  await studio.models.search('a');
  await expect(studio.models.hits.getByRole('listitem')).toHaveCount(3);
  await checkLooks(page, 'Model, found');
  for (const [repo, reason] of [
    ['makers/old', 'Python pickle'],
    ['makers/mamba', 'mamba'],
    [REPO, 'accepted their terms'],
  ] as const) {
    await studio.models.search(repo);
    await expect(studio.models.offer(repo).getByRole('alert')).toContainText(reason);
  }
  await checkLooks(page, 'Model, refused');
  const offer = studio.models.offer(REPO);
  await offer.getByLabel('Your token').fill('hf_wrong');
  await offer.getByRole('button', { name: 'Look again' }).click();
  await expect(offer.getByRole('alert')).toContainText('this token');
  await offer.getByLabel('Your token').fill('hf_mine');
  await offer.getByRole('button', { name: 'Look again' }).click();
  await expect(offer.getByRole('button', { name: /^Download/ })).toBeVisible();
  await checkLooks(page, 'Model, offered');
  await offer.getByRole('button', { name: /^Download/ }).click();
  await studio.models.expectChosen(REPO);
  await checkLooks(page, 'Model, stored');
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('hf_mine');
  await studio.models.search('makers/none');
  await expect(studio.models.hub.getByRole('alert')).toContainText('makers/none');
  await hub.close();
  await studio.models.search('anything');
  await expect(studio.models.hub.getByRole('alert')).toContainText('Nothing came back');
});
