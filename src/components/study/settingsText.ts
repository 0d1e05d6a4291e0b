/** The settings of a way that are not the usual ones, in one line. Pure. */
import { ARMS } from '../../engine/arms/specs';
import type { ArmReport } from '../../engine/core/study';
import { isChanged } from '../fields/fieldError';

export function settingsText({ arm, settings }: Pick<ArmReport, 'arm' | 'settings'>): string {
  const fields = ARMS.find(({ id }) => id === arm)?.fields ?? [];
  return fields
    .filter((field) => isChanged(field, settings[field.key]))
    .map((field) => {
      const value = settings[field.key];
      return `${field.label} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
    })
    .join('; ');
}
