/** What a hub has to offer under a name, told before anything large is downloaded: size, licence, family, fit. */

import { EngineError, type ErrorData } from '../../engine/core/errors';
import type { ModelOffer, OfferedFile } from '../../engine/core/modelOffer';
import { familyOf } from '../../engine/model/registry';
import { readingFit } from '../../engine/pipeline/readingFit';
import { modelParameters } from '../../engine/tuning/spec';
import { keptFiles } from '../modelFolder';
import type { Hub, HubModel } from './hub';

/** Of this machine, at this moment. */
export interface Here {
  bufferLimit: number | null;
  /** Bytes that the browser may still store; null where it does not say. */
  room: number | null;
}

/** A config of more is none. */
const MOST_CONFIG_BYTES = 4 << 20;

/** @throws hub-*: what keeps the hub from saying anything of it; what it says that is no good becomes a refusal */
export async function offerOf(
  hub: Hub,
  address: string,
  { repo, revision }: { repo: string; revision: string | null },
  { token, here }: { token: string | null; here: Here },
): Promise<ModelOffer> {
  const model = await hub.model(repo, revision);
  const { commit, gated, licence, languages, family, parameters } = model;
  const source = { kind: 'hub', address, repo: model.repo, commit } as const;
  const told = { source, name: model.repo, gated, licence, languages, family, parameters };
  let files: OfferedFile[] = [];
  try {
    const wanted = keptFiles(model.files.map(({ path }) => path));
    files = wanted.flatMap((path) => model.files.find((file) => file.path === path) ?? []);
    if (gated && token === null) throw needsToken(model, address);
  } catch (thrown) {
    return refusedOffer(told, files, thrown);
  }
  try {
    return offered({ ...told, files }, await configOf(hub, model, files), here);
  } catch (thrown) {
    if (!isAboutTheModel(thrown)) throw thrown;
    return refusedOffer(told, files, thrown);
  }
}

/** What is known before the files are. */
export type Told = Omit<ModelOffer, 'files' | 'bytes' | 'fit' | 'refusal'>;

/** With what its config.json says of it. @throws unsupported-architecture, bad-model-config */
export function offered(told: Told & Pick<ModelOffer, 'files'>, config: unknown, here: Here): ModelOffer {
  const family = familyOf(config);
  const { shape } = family.fromConfig(config);
  const bytes = bytesOf(told.files);
  const weights = told.files.filter(({ path }) => path.endsWith('.safetensors'));
  const size = {
    parameters: told.parameters ?? modelParameters(shape, 0),
    fileBytes: bytesOf(weights),
  };
  return {
    ...{ ...told, family: family.id, parameters: size.parameters, bytes },
    fit: readingFit(shape, size, here.bufferLimit),
    refusal: roomFor(bytes, here),
  };
}

/** Null where there is room, or where the browser does not say. */
export function roomFor(bytes: number, { room }: Here): ErrorData | null {
  return room !== null && bytes > room ? noRoom(bytes, room).toData() : null;
}

function bytesOf(files: readonly OfferedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function configOf(
  hub: Hub,
  { repo, commit }: HubModel,
  files: readonly OfferedFile[],
): Promise<unknown> {
  const path = 'config.json';
  const file = files.find((each) => each.path === path);
  if (!file || file.bytes > MOST_CONFIG_BYTES) return null;
  const text = await (await hub.file({ repo, commit, path })).text();
  try {
    return JSON.parse(text);
  } catch {
    throw new EngineError({
      code: 'bad-model-config',
      message: `${path} of ${repo} is not valid JSON.`,
      hint: 'Take another revision, or another model.',
    });
  }
}

/** What cannot be had, with the reason. @throws what is no EngineError */
export function refusedOffer(told: Told, files: OfferedFile[], thrown: unknown): ModelOffer {
  if (!(thrown instanceof EngineError)) throw thrown;
  return { ...told, files, bytes: bytesOf(files), fit: null, refusal: thrown.toData() };
}

/** Whether the model itself is the reason, rather than the way to it. */
function isAboutTheModel(thrown: unknown): boolean {
  return thrown instanceof EngineError && (!thrown.code.startsWith('hub-') || thrown.code === 'hub-denied');
}

function needsToken({ repo }: HubModel, address: string): EngineError {
  return new EngineError({
    code: 'gated-model',
    message: `The makers of ${repo} give it to those alone who have accepted their terms.`,
    hint: `Accept the terms at ${address}/${repo}, then paste a token of your own with read access. It is kept in this tab’s memory alone.`,
  });
}

function noRoom(bytes: number, room: number): EngineError {
  return new EngineError({
    code: 'no-room',
    message: `The download is ${Math.ceil(bytes / 1e6)} MB, and the browser has room for ${Math.floor(room / 1e6)} MB.`,
    hint: 'Delete models or runs that you no longer need, or free disk space, then look again.',
  });
}
