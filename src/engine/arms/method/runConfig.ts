import type { RunConfig } from '../../core/config';
import type { Settings } from '../../core/fields';
import type { StudyConfig } from '../../core/study';

/** The run that an arm of a study is. */
export function runConfigOf(
  { task, data, model, descriptions, backend }: StudyConfig,
  method: string,
  settings: Settings,
  training: Settings,
): RunConfig {
  return {
    ...{ version: 1, task, data, model, descriptions, backend, baselines: false },
    method: { id: method, settings: { ...settings } as RunConfig['training'] },
    training: { ...training } as RunConfig['training'],
  };
}
