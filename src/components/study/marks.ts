/** How a way is marked on bars and charts: by what it does to the model, in shape as in colour. Pure. */
import { ARMS } from '../../engine/arms/specs';
import type { Mark } from '../compare/IntervalBar';

export function markOf(arm: string): Mark {
  const kind = ARMS.find(({ id }) => id === arm)?.kind;
  if (kind === 'floor') return 'baseline';
  return kind === 'prompt' ? 'before' : 'after';
}

export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  baseline: 'without the model',
  before: 'prompting',
  after: 'tuning',
};

export const MARK_COLOURS: Readonly<Record<Mark, string>> = {
  baseline: 'var(--hone-muted)',
  before: 'var(--hone-before)',
  after: 'var(--hone-accent)',
};
