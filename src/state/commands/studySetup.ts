/** The choices that make a study. */

import { armSpec, armTrainingFields } from '../../engine/arms/specs';
import type { Field, SettingValue } from '../../engine/core/fields';
import type { SettingGroup } from '../project';
import { projectStore } from '../project';
import { copyKey, EMPTY_SETUP, type StudySetup, setupArms, studySetupStore } from '../studySetup';

const get = studySetupStore.getState;
const set = studySetupStore.setState;

export function changeSetup(changes: Partial<StudySetup>): void {
  set(changes);
}

export function toggleArm(key: string, on: boolean): void {
  const setup = get();
  const chosen = setupArms(setup).filter((arm) => (arm.key === key ? on : arm.on));
  set({ on: chosen.map((arm) => arm.key) });
}

/** Adds another one of a way, with the same settings to begin with; it is chosen. */
export function duplicateArm(key: string): void {
  const setup = get();
  const arm = setupArms(setup).find((one) => one.key === key)?.spec.id;
  const copy = arm && copyKey(setup, arm);
  if (!arm || !copy) return;
  const same = <T>(values: Record<string, T>): Record<string, T> => {
    const found = values[key];
    return found ? { ...values, [copy]: { ...found } } : values;
  };
  const on = setupArms(setup).flatMap((one) => (one.on ? one.key : []));
  set({
    copies: [...setup.copies, { key: copy, arm }],
    on: [...on, copy],
    settings: same(setup.settings),
    training: same(setup.training),
  });
}

export function removeCopy(key: string): void {
  const { copies, on, settings, training } = get();
  const { [key]: _settings, ...otherSettings } = settings;
  const { [key]: _training, ...otherTraining } = training;
  set({
    copies: copies.filter((copy) => copy.key !== key),
    on: on === null ? null : on.filter((other) => other !== key),
    settings: otherSettings,
    training: otherTraining,
  });
}

/** The fields of a way in one of the two groups. */
export function armFields(arm: string, group: SettingGroup): readonly Field[] {
  const spec = armSpec(arm);
  return group === 'method' ? spec.fields : armTrainingFields(spec);
}

/** A value equal to the way's default is forgotten, so that only real changes are kept and marked. */
export function setArmSetting(
  key: string,
  arm: string,
  group: SettingGroup,
  name: string,
  value: SettingValue,
): void {
  const field = armFields(arm, group).find((one) => one.key === name);
  if (field && JSON.stringify(field.default) === JSON.stringify(value)) {
    resetArmSetting(key, group, name);
    return;
  }
  const slot = group === 'method' ? 'settings' : 'training';
  const mutable = typeof value === 'object' ? [...value] : value;
  set((setup) => ({ [slot]: { ...setup[slot], [key]: { ...setup[slot][key], [name]: mutable } } }));
}

export function resetArmSetting(key: string, group: SettingGroup, name: string): void {
  const slot = group === 'method' ? 'settings' : 'training';
  const { [name]: _old, ...others } = get()[slot][key] ?? {};
  set((setup) => ({ [slot]: { ...setup[slot], [key]: others } }));
}

export function setExamples(label: string, texts: readonly string[]): void {
  const { [label]: _old, ...others } = get().examples;
  set({ examples: texts.length > 0 ? { ...others, [label]: [...texts] } : others });
}

/** A label's description is shared with the runs of the project. */
export function setDescription(label: string, text: string): void {
  const { [label]: _old, ...others } = projectStore.getState().descriptions;
  projectStore.setState({ descriptions: text.trim() === '' ? others : { ...others, [label]: text } });
}

/** Puts ways, settings and the curve back to what is usual; prices, answers and words stay. */
export function resetArms(): void {
  const { on, copies, settings, training, reference, curve } = EMPTY_SETUP;
  set({ on, copies, settings, training, reference, curve });
}
