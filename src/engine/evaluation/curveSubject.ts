/** Of which arm the learning curve's answer is said: more rows matter to the one that will be used. */
import type { Advice } from '../core/study';
import type { Candidates } from './candidates';

const CHOOSES: readonly Advice['kind'][] = ['excessive', 'prompt', 'fine-tune', 'both'];

/** Key of the arm advised, else of the best tuned one; null without any. */
export function curveSubject(advice: readonly Advice[], { tuned }: Pick<Candidates, 'tuned'>): string | null {
  const chosen = advice.find(({ kind }) => CHOOSES.includes(kind));
  return chosen ? chosen.at.replace(/^arm-/, '') : (tuned[0]?.id ?? null);
}
