/** The choices that make a run: model, method, settings, and what they would cost here. */
import { methodDefaults, trainingDefaults } from '../../engine/catalog';
import type { SettingValue } from '../../engine/core/fields';
import { attempt } from '../activity';
import { engine } from '../client';
import type { StepId } from '../journey';
import { machineStore, tookPlace } from '../machine';
import { changedSettings, projectStore, runConfigOf, type SettingGroup } from '../project';
import { checkData } from './data';

export async function chooseModel(id: string): Promise<void> {
  const entry = machineStore.getState().models?.find((model) => model.id === id);
  if (!entry) return;
  projectStore.setState({ model: { id: entry.id, revision: entry.revision, name: entry.name } });
  await checkData();
}

export function chooseMethod(methodId: string): void {
  projectStore.setState({ methodId });
}

/** A value equal to the method's default is forgotten, so that only real changes are kept and marked. */
export function setSetting(group: SettingGroup, key: string, value: SettingValue): void {
  const { methodId } = projectStore.getState();
  const { [key]: _old, ...others } = changedSettings(projectStore.getState(), group);
  const fallback = (group === 'method' ? methodDefaults : trainingDefaults)(methodId)[key];
  const same = JSON.stringify(fallback) === JSON.stringify(value);
  store(group, methodId, same ? others : { ...others, [key]: value });
  afterSetting(key);
}

export function resetSetting(group: SettingGroup, key: string): void {
  const project = projectStore.getState();
  const { [key]: _old, ...others } = changedSettings(project, group);
  store(group, project.methodId, others);
  afterSetting(key);
}

export function resetSettings(): void {
  const { methodId } = projectStore.getState();
  store('method', methodId, {});
  store('training', methodId, {});
  afterSetting('maxLength');
}

function store(group: SettingGroup, methodId: string, values: Record<string, SettingValue>): void {
  const key = group === 'method' ? 'methodSettings' : 'trainingSettings';
  const mutable = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'object' ? [...value] : value]),
  );
  projectStore.setState((project) => ({ [key]: { ...project[key], [methodId]: mutable } }));
}

/** The share of texts that are cut depends on the longest text read. */
function afterSetting(key: string): void {
  if (key === 'maxLength') void checkData();
}

/** Parameters, time, memory and size of the run as chosen now; a newer question replaces an older one. */
export async function estimate(): Promise<void> {
  const config = runConfigOf(projectStore.getState());
  if (!config) return;
  const result = await attempt('estimate', 'Measuring this machine', (context) =>
    engine.call('run.estimate', { config }, context),
  );
  if (!result) return;
  machineStore.setState({ estimate: result });
  tookPlace(result.backend);
}

export function visit(step: StepId): void {
  const { visited } = projectStore.getState();
  if (!visited.includes(step)) projectStore.setState({ visited: [...visited, step] });
}
