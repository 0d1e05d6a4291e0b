/** What a screen reader is told while ways are asked: each that begins and each that ends, never each step. Pure. */

import { armNames } from '../../engine/arms/specs';
import { armState, type RunningStudy } from '../../state/studyReducer';
import { count, percent, plural } from '../common/format';

export function announcement({ config, progress, pausedAt }: RunningStudy): string {
  if (pausedAt !== null) return 'Paused.';
  const { current, curve, report } = progress;
  const last = report?.arms.at(-1);
  const names = armNames(config.arms);
  const name = (key: string): string => names[key] ?? key;
  const told = last?.status === 'finished' ? `${name(last.id)}: ${percent(last.accuracy)} right. ` : '';
  if (current) {
    const at = config.arms.findIndex(({ key }) => armState(progress, key) === 'running') + 1;
    return `${told}Now ${name(current.key)}, ${count(at)} of ${plural(config.arms.length, 'way')}.`;
  }
  if (curve) return `${told}Now the learning curve.`;
  return told === '' ? 'The rows are being prepared.' : told;
}
