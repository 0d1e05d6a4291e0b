import { bufferLimit } from '../../engine/backend/start';
import { hubOrigin } from '../../engine/core/hub';
import { modelAddress } from '../../engine/core/modelAddress';
import type { ModelOffer } from '../../engine/core/modelOffer';
import { disposeModel, loadModel } from '../../engine/model/load';
import { engineState } from '../engineState';
import { download, listUnfinished } from '../hub/download';
import { type HubAccess, withHub } from '../hub/hub';
import { type Here, offerOf } from '../hub/offer';
import { offerAt } from '../hub/siteOffer';
import { type ImportPorts, importModel } from '../importModel';
import { openBlobs } from '../modelFolder';
import type { CallKind, Handlers } from '../protocol';
import { endTiming, trainingHere } from '../trainingSlot';
import { closeRun, whenUnused } from './openRun';

/** Loads a model that is not yet one of the library's, to see that it works, and lets go of it. */
const tryOut: ImportPorts['tryOut'] = async (folder) => {
  await (await engineState()).anyBackend();
  const model = await loadModel('tried out', await openBlobs(folder));
  disposeModel(model);
  return { family: model.family, parameters: model.parameters };
};

const HITS = 12;

async function here(): Promise<Here> {
  await (await engineState()).anyBackend();
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const { quota, usage } = estimate ?? {};
  const room = quota === undefined || usage === undefined ? null : quota - usage;
  return { bufferLimit: bufferLimit(), room };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export const modelHandlers = {
  'model.list': async () => (await engineState()).models.list(),
  'model.import': async ({ upload }, { emit, signal }) => {
    const { stored } = await engineState();
    const { id } = await importModel(upload, { stored, tryOut, emit, signal });
    return { id };
  },
  'model.delete': async ({ id }) => {
    const { models, stored } = await engineState();
    await stored.remove(id);
    // What trains here holds the weights until it ends; they go with the worker.
    if (trainingHere() !== null) return null;
    closeRun();
    await Promise.all([endTiming(), whenUnused()]);
    await models.forget(id);
    return null;
  },
  'model.unfinished': async () => {
    const { stored } = await engineState();
    await stored.sweep();
    return listUnfinished(stored);
  },
  'model.discard': async ({ folder }) => {
    const { stored } = await engineState();
    const known = (await listUnfinished(stored)).some((each) => each.folder === folder);
    if (known) await stored.alone(folder, () => stored.drop(folder));
    return null;
  },
  'hub.search': async ({ query, ...access }, { signal }) => {
    const { openDoor } = await engineState();
    return withHub(checked(access), { openDoor, signal }, (hub) => hub.search(query, HITS));
  },
  'hub.look': async ({ repo, revision, ...typed }, { signal }) => {
    const { openDoor } = await engineState();
    const access = checked(typed);
    const options = { token: access.token, here: await here() };
    return withHub(access, { openDoor, signal }, (hub) =>
      offerOf(hub, access.address, { repo, revision }, options),
    );
  },
  'model.lookAt': async ({ address }, { signal }) => {
    const { openDoor } = await engineState();
    return offerAt(modelAddress(address), { openDoor, signal }, await here());
  },
  'model.download': async ({ offer, token }, { emit, signal }) => {
    const { stored, openDoor } = await engineState();
    const ports = { stored, openDoor, tryOut, emit, signal, wait: pause };
    const { id } = await download({ ...offer, source: checkedSource(offer) }, token, ports);
    return { id };
  },
} satisfies Pick<Handlers, ModelCalls>;

type ModelCalls = Extract<CallKind, `model.${string}` | `hub.${string}`>;

/** @throws bad-address */
function checked({ address, token }: HubAccess): HubAccess {
  return { address: hubOrigin(address), token };
}

/** @throws bad-address */
function checkedSource({ source }: ModelOffer): ModelOffer['source'] {
  const address = source.kind === 'hub' ? hubOrigin(source.address) : modelAddress(source.address);
  return { ...source, address };
}
