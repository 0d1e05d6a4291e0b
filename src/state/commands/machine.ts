/** The machine, the models on it, and the sample sets that come with Hone. */
import { z } from 'zod';
import { attempt } from '../activity';
import { engine } from '../client';
import { machineStore } from '../machine';
import { type Project, projectStore } from '../project';
import { runStore } from '../run';
import { isUnderWay } from '../runReducer';

/** Chooses and tests where the model runs; a run under way keeps the place it was started for. */
export async function startMachine(): Promise<void> {
  const run = runStore.getState();
  const { backend } = isUnderWay(run) ? run.config : projectStore.getState();
  const info = await attempt('machine', 'Testing this machine', () =>
    engine.call('machine.start', { backend }),
  );
  if (info) machineStore.setState({ info });
}

export async function chooseBackend(backend: Project['backend']): Promise<void> {
  projectStore.setState({ backend });
  await startMachine();
}

/** The catalogue, asked for once unless it has changed; the first model is taken until the user takes another. */
export async function loadModels({ changed = false } = {}): Promise<void> {
  const models = (changed ? null : machineStore.getState().models) ?? (await listModels());
  if (!models) return;
  machineStore.setState({ models });
  const { model } = projectStore.getState();
  const entry = models.find(({ id }) => id === model?.id) ?? models[0];
  if (entry && (entry.id !== model?.id || entry.revision !== model.revision)) {
    projectStore.setState({ model: { id: entry.id, revision: entry.revision, name: entry.name } });
  }
}

function listModels() {
  return attempt('models', 'Looking for models', () => engine.call('model.list', null));
}

const classifySampleSchema = z.object({
  task: z.literal('classify'),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rows: z.number(),
  classes: z.number(),
  labelDescriptions: z.record(z.string(), z.string()).default({}),
});
/** Samples for other tasks than this page’s become null. */
const samplesSchema = z.array(
  z.union([
    classifySampleSchema,
    z.looseObject({ task: z.string().refine((task) => task !== 'classify') }).transform(() => null),
  ]),
);

export async function loadSamples(): Promise<void> {
  if (machineStore.getState().samples) return;
  const samples = await attempt('samples', 'Looking for samples', async ({ signal }) => {
    const response = await fetch(`${import.meta.env.BASE_URL}samples/samples.json`, { signal });
    return samplesSchema.parse(await response.json()).flatMap((sample) => sample ?? []);
  });
  if (samples) machineStore.setState({ samples });
}
