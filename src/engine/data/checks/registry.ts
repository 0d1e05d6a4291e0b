/** Every data check, one line each. */
import type { Finding } from '../table';
import type { Check, CheckInput } from './check';
import { classCount } from './classCount';
import { conflicts } from './conflicts';
import { duplicates } from './duplicates';
import { fewRows } from './fewRows';
import { imbalance } from './imbalance';
import { junk } from './junk';
import { labelVariants } from './labelVariants';
import { leakage } from './leakage';
import { ordered } from './ordered';
import { singleRowClass, smallClass } from './smallClass';
import { hugeText, overLimit, shortText } from './textLength';

export const CHECKS: readonly Check[] = [
  fewRows,
  classCount,
  singleRowClass,
  leakage,
  conflicts,
  labelVariants,
  duplicates,
  smallClass,
  imbalance,
  overLimit,
  hugeText,
  shortText,
  junk,
  ordered,
];

const RANK: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2 };

/**
 * All findings, worst first; within a severity in the order of the registry. Yields before each check: on many rows
 * they take seconds, in which the caller may want to breathe or to leave.
 */
export function* runChecks(input: CheckInput, checks: readonly Check[] = CHECKS): Generator<void, Finding[]> {
  const found: Finding[] = [];
  for (const check of checks) {
    yield;
    const one = check.find(input);
    if (one) found.push(one);
  }
  return found.sort((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** The first finding that stops training, or null. */
export function blockingFinding(input: CheckInput, checks: readonly Check[] = CHECKS): Finding | null {
  for (const check of checks) {
    const found = check.blocks ? check.find(input) : null;
    if (found?.severity === 'error') return found;
  }
  return null;
}
