/** Every check of data for writing, one line each: an example's text is the prompt, its label the completion. */
import type { Check } from '../check';
import { duplicates } from '../duplicates';
import { fewRows } from '../fewRows';
import { leakage } from '../leakage';
import { echo, emptyAnswer } from './answers';
import { longAnswers } from './longAnswers';
import { repeatedPrompts } from './repeatedPrompts';

export const WRITING_CHECKS: readonly Check[] = [
  fewRows,
  leakage,
  duplicates,
  emptyAnswer,
  echo,
  longAnswers,
  repeatedPrompts,
];
