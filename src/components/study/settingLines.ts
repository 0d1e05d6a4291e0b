/** The settings of a way that are not the usual ones, in words. Pure. */
import { ARMS } from '../../engine/arms/specs';
import type { ArmReport } from '../../engine/core/study';
import { isChanged } from '../fields/fieldError';

/** 'Rank: 16' */
export function settingLines({ arm, settings }: Pick<ArmReport, 'arm' | 'settings'>): string[] {
  const fields = ARMS.find(({ id }) => id === arm)?.fields ?? [];
  return fields
    .filter((field) => isChanged(field, settings[field.key]))
    .map((field) => {
      const value = settings[field.key];
      const text = Array.isArray(value) ? value.join(', ') : String(value);
      return `${field.label}:${text.includes('\n') ? '\n' : ' '}${text}`;
    });
}
