import { disposeModel, loadModel } from '../../engine/model/load';
import { engineState } from '../engineState';
import { type ImportPorts, importModel } from '../importModel';
import { openFolder } from '../modelFolder';
import type { Handlers } from '../protocol';
import { endTiming, trainingHere } from '../trainingSlot';
import { closeRun, whenUnused } from './openRun';

/** Loads a model that is not yet one of the library's, to see that it works, and lets go of it. */
const tryOut: ImportPorts['tryOut'] = async (folder) => {
  await (await engineState()).anyBackend();
  const model = loadModel('tried out', await openFolder(folder));
  disposeModel(model);
  return { family: model.family, parameters: model.parameters };
};

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
} satisfies Pick<Handlers, 'model.list' | 'model.import' | 'model.delete'>;
