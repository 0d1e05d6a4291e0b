/** The command line with a model of one's own: of every family, as folder, zip and address; refused with the reason. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { zipSync } from 'fflate';
import { runnerImport } from 'vite';
import { tinyFolder } from '../../src/workers/testModelFiles';
import { runCommand } from '../commandLine';
import { startHub } from '../hubServer';
import { csv } from '../rows';

type TestFamilies = typeof import('../../src/engine/testing/testFamilies');

/** Each run opens a browser of its own. */
const A_RUN_MS = 60_000;
const QUICK = ['--backend', 'wasm', '--epochs', '1', '--no-baselines'];

let place: string;
let data: string;

test.beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'hone-commands-'));
  data = path.join(place, 'tickets.csv');
  await writeFile(data, csv());
});

test.afterAll(() => rm(place, { recursive: true }));

async function write(folder: string, files: Iterable<readonly [string, Uint8Array]>): Promise<void> {
  for (const [name, bytes] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
}

test('--model DIR tunes every family', async () => {
  const { module } = await runnerImport<TestFamilies>('./src/engine/testing/testFamilies.ts');
  const families = new Map(module.CHECKPOINTS.map((each) => [each.config.model_type, each]));
  expect(families.size).toBe(9);
  test.setTimeout(families.size * A_RUN_MS);
  for (const [family, checkpoint] of families) {
    await test.step(family, async () => {
      const { names, open } = module.folderOf(checkpoint);
      const folder = path.join(place, family);
      const read = async (name: string) => {
        const file = await open(name);
        return [name, await file.read(0, file.bytes)] as const;
      };
      await write(folder, await Promise.all(names.map(read)));
      const { code, report, errors } = await runCommand('tune', [
        ...[data, '--model', folder, '--method', 'lora', '--max-length', '24', ...QUICK],
      ]);
      expect([code, errors]).toEqual([0, errors]);
      expect(report).toMatchObject({
        config: { model: { id: expect.stringMatching(new RegExp(`^${family}@`)) }, method: { id: 'lora' } },
      });
    });
  }
});

test('--model takes a zip and an address, and compare takes a folder', async () => {
  test.setTimeout(4 * A_RUN_MS);
  const zip = path.join(place, 'our-bert.zip');
  const bytes = zipSync(Object.fromEntries(tinyFolder()));
  await writeFile(zip, bytes);
  await write(path.join(place, 'our-bert'), tinyFolder());
  const server = await startHub({
    repositories: { 'files/models': { files: new Map([['our-bert.zip', bytes]]) } },
  });
  const address = `${server.url}/files/models/resolve/main/our-bert.zip`;
  const ids = [];
  for (const model of [zip, address]) {
    const { code, report, errors } = await runCommand('tune', [
      ...[data, '--model', model, '--method', 'head', ...QUICK],
    ]);
    expect([code, errors]).toEqual([0, errors]);
    ids.push((report as { config: { model: { id: string } } }).config.model.id);
  }
  const { code, report, errors } = await runCommand('compare', [
    ...[data, '--model', path.join(place, 'our-bert'), '--arms', 'zero-shot,head', '--backend', 'wasm'],
  ]);
  expect([code, errors]).toEqual([0, errors]);
  ids.push((report as { config: { model: { id: string } } }).config.model.id);
  expect(ids[0]).toMatch(/^our-bert@[0-9a-f]{8}$/);
  expect(new Set(ids).size).toBe(1);
  await server.close();
});

test('a model that is none ends with 2 and the reason', async () => {
  test.setTimeout(4 * A_RUN_MS);
  const pickle = path.join(place, 'pickle');
  await write(pickle, tinyFolder({ 'model.safetensors': null, 'pytorch_model.bin': 'x' }));
  const server = await startHub({ repositories: { 'files/models': { files: new Map() } } });
  for (const [model, reason] of [
    [pickle, 'Python pickle'],
    [`${server.url}/files/models/resolve/main/`, 'neither a zip nor a folder'],
    ['no-such-model', 'There is no model'],
  ] as const) {
    const { code, errors } = await runCommand('tune', [data, '--model', model, ...QUICK]);
    expect([code, errors]).toEqual([2, expect.stringContaining(reason)]);
  }
  await server.close();
});
