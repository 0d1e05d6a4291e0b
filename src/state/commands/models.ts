/** Getting models and throwing them away. Nothing but the hub's address is contacted, and only when it is asked. */
import { hubOrigin, readReference } from '../../engine/core/hub';
import type { Params } from '../../workers/protocol';
import { abortArea, attempt, dismissError } from '../activity';
import { engine } from '../client';
import { hubStore, type ModelOffer, type UnfinishedDownload } from '../hub';
import { loadModels } from './machine';
import { chooseModel } from './settings';

/** What is stored, what is on its way, and how much room there is. */
export async function lookThroughModels(): Promise<void> {
  const unfinished = await attempt('stored-models', 'Looking through the storage', () =>
    engine.call('model.unfinished', null),
  );
  if (unfinished) hubStore.setState({ unfinished });
  await measureStorage();
}

async function measureStorage(): Promise<void> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const { usage, quota } = estimate ?? {};
  const known = usage !== undefined && quota !== undefined;
  hubStore.setState({ storage: known ? { used: usage, quota } : null });
}

/** The catalogue as it is now; the model, where one is given, becomes the chosen one. */
async function refresh(choose: string | null): Promise<void> {
  await Promise.all([loadModels({ changed: true }), lookThroughModels()]);
  if (choose !== null) await chooseModel(choose);
}

/** A folder's files with their paths, or one zip. */
export async function importModel(files: readonly File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const isZip = files.length === 1 && /\.zip$/i.test(first.name);
  const upload: Params<'model.import'>['upload'] = isZip
    ? { kind: 'zip', name: first.name, file: first }
    : {
        kind: 'folder',
        name: folderName(files),
        files: files.map((file) => ({ path: pathOf(file), file })),
      };
  const done = await attempt('import-model', 'Reading the files', ({ signal, onEvent }) =>
    engine.call('model.import', { upload }, { signal, onEvent }),
  );
  await (done ? refresh(done.id) : measureStorage());
}

export function cancelImport(): void {
  abortArea('import-model');
}

/** Below the dropped or picked folder, its own name first; drop zones and file dialogs tell it in their own ways. */
function pathOf(file: File): string {
  const dropped = (file as File & { path?: string; relativePath?: string }).path;
  return (dropped || file.webkitRelativePath || file.name).replace(/^\.?\//, '');
}

function folderName(files: readonly File[]): string {
  const [first = ''] = files.map(pathOf);
  return first.includes('/') ? (first.split('/')[0] ?? '') : 'model';
}

/** Another hub; the token was typed for the one before. @throws bad-address */
export function setHubAddress(typed: string): void {
  const address = hubOrigin(typed);
  if (address === hubStore.getState().address) return;
  abortArea('hub');
  hubStore.setState({ address, token: '', hits: null, offer: null });
}

export function setHubToken(token: string): void {
  hubStore.setState({ token: token.trim() });
}

function access(): { address: string; token: string | null } {
  const { address, token } = hubStore.getState();
  return { address, token: token === '' ? null : token };
}

/** A model's name or page is looked at, anything else searched for. */
export async function askHub(typed: string): Promise<void> {
  const query = typed.trim();
  if (query === '') return;
  const named = readReference(query, hubStore.getState().address);
  if (named) {
    hubStore.setState({ hits: null });
    await lookAt(named.repo, named.revision);
    return;
  }
  hubStore.setState({ offer: null });
  const found = await attempt('hub', `Searching for “${query}”`, ({ signal }) =>
    engine.call('hub.search', { ...access(), query }, { signal }),
  );
  if (found) hubStore.setState({ hits: { query, found } });
}

export async function lookAt(repo: string, revision: string | null = null): Promise<void> {
  hubStore.setState({ offer: null });
  const offer = await attempt('hub', `Looking at ${repo}`, ({ signal }) =>
    engine.call('hub.look', { ...access(), repo, revision }, { signal }),
  );
  if (offer) hubStore.setState({ offer });
}

/** A hub's own page is looked at as a model of that hub. */
export async function lookAtAddress(typed: string): Promise<void> {
  if (typed.trim() === '') return;
  if (readReference(typed, hubStore.getState().address)) {
    await askHub(typed);
    return;
  }
  hubStore.setState({ offer: null });
  const offer = await attempt('address', 'Looking at the address', ({ signal }) =>
    engine.call('model.lookAt', { address: typed }, { signal }),
  );
  if (offer) hubStore.setState({ offer });
}

export function closeOffer(): void {
  hubStore.setState({ offer: null });
}

/** Begins, or goes on where it stopped; one at a time. */
export async function downloadModel(offer: ModelOffer): Promise<void> {
  const { address, token } = access();
  const { name, source } = offer;
  const isThisHub = source.kind === 'hub' && source.address === address;
  hubStore.setState({ downloading: offer, downloadFrom: source.kind, offer: null });
  const done = await attempt('download', `Downloading ${name}`, ({ signal, onEvent }) =>
    engine.call('model.download', { offer, token: isThisHub ? token : null }, { signal, onEvent }),
  );
  hubStore.setState({ downloading: null });
  await (done ? refresh(done.id) : lookThroughModels());
}

/** What has arrived stays. */
export function pauseDownload(): void {
  abortArea('download');
}

export async function discardDownload({ folder }: UnfinishedDownload): Promise<void> {
  dismissError('download');
  await attempt('stored-models', 'Throwing the download away', () =>
    engine.call('model.discard', { folder }),
  );
  await lookThroughModels();
}

export async function deleteModel({ id }: { id: string }): Promise<void> {
  await attempt('stored-models', 'Deleting the model', () => engine.call('model.delete', { id }));
  await refresh(null);
}
