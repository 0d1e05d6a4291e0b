/** What a web address has to offer: a zip of a model, or a model's folder, told before anything large is downloaded. */
import { EngineError } from '../../engine/core/errors';
import type { ModelOffer, OfferedFile } from '../../engine/core/modelOffer';
import { shardsOf } from '../../engine/core/weightSource';
import { INDEX, MODULES, WEIGHTS } from '../../engine/model/folder';
import { plainName } from '../importModel';
import { keptFiles, README } from '../modelFolder';
import type { HubPorts } from './hub';
import { type Here, offered, refusedOffer, roomFor, type Told } from './offer';
import { type Peek, type Site, withSite } from './site';

/** No model has so many. */
const MOST_SHARDS = 1000;
/** JSON that is read here; a model's own is far smaller. */
const MOST_JSON_BYTES = 16 << 20;
const ZIP_HEAD = 'PK\x03\x04';
/** What a server gives in place of any file that it has not. */
const PAGE_HEAD = /^<(?:!do|htm)/i;

/** @throws address-*; what is no good of the model becomes a refusal */
export function offerAt(address: string, ports: HubPorts, here: Here): Promise<ModelOffer> {
  return withSite(address, ports, async (site) => {
    const { pathname } = new URL(address);
    const itself = pathname.endsWith('/') ? null : await site.peek('');
    if (itself && text(itself.head) === ZIP_HEAD) return zipOffer(address, itself, here);
    if (itself && /\.zip$/i.test(pathname)) return refused(toldOf(address, true), [], notZip(address));
    return folderOffer(address, site, here);
  });
}

function toldOf(address: string, zip: boolean): Told {
  const { pathname, host } = new URL(address);
  const last = pathname.split('/').findLast((part) => part !== '') ?? host;
  return {
    source: { kind: 'url', address, zip },
    name: plainName(decoded(last)),
    ...{ gated: false, licence: null, languages: [], family: null, parameters: null },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function zipOffer(address: string, peek: Peek, here: Here): ModelOffer {
  const told = toldOf(address, true);
  const path = `${told.name}.zip`;
  try {
    const file = fileOf(path, peek);
    // It lies beside what is unpacked from it until that is whole.
    const refusal = roomFor(2 * file.bytes, here);
    return { ...told, files: [file], bytes: file.bytes, fit: null, refusal };
  } catch (thrown) {
    return refused(told, [], thrown);
  }
}

async function folderOffer(address: string, site: Site, here: Here): Promise<ModelOffer> {
  const told = toldOf(address, false);
  let files: OfferedFile[] = [];
  try {
    const found = await filesOf(site);
    if (!found.has('config.json')) throw noModel(address);
    const wanted = keptFiles([...found.keys()]);
    files = wanted.map((path) => fileOf(path, found.get(path) as Peek));
    return offered({ ...told, files }, await readJson(site, 'config.json', found), here);
  } catch (thrown) {
    return refused(told, files, thrown);
  }
}

/** A folder at an address has no list of its files: each that a model may have is asked for. */
async function filesOf(site: Site): Promise<Map<string, Peek>> {
  const found = new Map<string, Peek>();
  const look = async (...paths: string[]): Promise<void> => {
    for (const path of paths) {
      const peek = await site.peek(path);
      if (peek && !PAGE_HEAD.test(text(peek.head))) found.set(path, peek);
    }
  };
  await look('config.json');
  if (!found.has('config.json')) return found;
  await look('tokenizer.json', 'tokenizer_config.json', WEIGHTS, MODULES, README);
  if (found.has(MODULES)) await look('1_Pooling/config.json');
  if (found.has(WEIGHTS)) return found;
  await look(INDEX, 'pytorch_model.bin');
  if (found.has(INDEX)) {
    const shards = shardsOf(await readJson(site, INDEX, found)).filter((name) => !name.includes('/'));
    await look(...shards.slice(0, MOST_SHARDS));
  }
  return found;
}

async function readJson(site: Site, path: string, found: ReadonlyMap<string, Peek>): Promise<unknown> {
  const bytes = found.get(path)?.bytes ?? 0;
  if (bytes > MOST_JSON_BYTES) throw badConfig(path, `has ${bytes} bytes`);
  const whole = await (await site.file(path, { begin: 0, end: bytes })).text();
  try {
    return JSON.parse(whole);
  } catch {
    throw badConfig(path, 'is not valid JSON');
  }
}

/** @throws size-not-told: what it would take is then unknown until it is too late */
function fileOf(path: string, { bytes, changed }: Peek): OfferedFile {
  if (bytes !== null) return { path, bytes, hash: null, changed };
  throw new EngineError({
    code: 'size-not-told',
    message: `The server does not say how large ${path} is.`,
    hint: 'Its files must come with their length (Content-Length), as a plain file server gives them. Otherwise download the model yourself and drop it here.',
  });
}

function refused(told: Told, files: OfferedFile[], thrown: unknown): ModelOffer {
  if (thrown instanceof EngineError && thrown.code.startsWith('address-')) throw thrown;
  return refusedOffer(told, files, thrown);
}

function text(head: Uint8Array): string {
  return String.fromCharCode(...head);
}

function badConfig(path: string, what: string): EngineError {
  return new EngineError({
    code: 'bad-model-config',
    message: `${path} at this address ${what}.`,
    hint: 'Check the address, or take another model.',
  });
}

function notZip(address: string): EngineError {
  return new EngineError({
    code: 'bad-zip',
    message: `What ${new URL(address).host} gives there is no zip.`,
    hint: 'Open the address in a browser: it may lead to a page about the file rather than to the file.',
  });
}

function noModel(address: string): EngineError {
  return new EngineError({
    code: 'no-model-there',
    message: `There is neither a zip nor a folder with config.json at ${address}.`,
    hint: 'Give the address of a zip, or of the folder that config.json lies in. A model’s page on a hub is typed into the hub’s own box.',
  });
}
