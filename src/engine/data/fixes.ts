/** The repairs a user accepted, applied in order. Undoing one is leaving it out of the list. */
import type { Fix } from '../core/config';
import { EngineError } from '../core/errors';
import { type Check, checkInput } from './checks/check';
import { CHECKS } from './checks/registry';
import { type Example, RAW_LIMIT, type RejectedRow } from './table';
import { cut } from './words';

export interface AppliedFix {
  finding: string;
  action: string;
  title: string;
  effect: string;
}

/**
 * Deterministic: the same examples and fixes give the same result. Each fix sees what the ones before it left.
 * Examples taken out are listed with line and reason. Throws `unknown-fix`.
 */
export function applyFixes(
  examples: readonly Example[],
  fixes: readonly Fix[],
  testExamples: readonly Example[] | null = null,
  checks: readonly Check[] = CHECKS,
): {
  examples: readonly Example[];
  testExamples: readonly Example[] | null;
  removed: readonly RejectedRow[];
  applied: readonly AppliedFix[];
} {
  let state = { examples, testExamples };
  const removed: RejectedRow[] = [];
  const applied: AppliedFix[] = [];
  for (const { finding, action } of fixes) {
    const check = checks.find(({ code }) => code === finding);
    const fix = check?.fixes[action];
    if (check === undefined || fix === undefined) throw unknownFix(finding, action, checks);
    const done = fix(checkInput(state.examples, state.testExamples, null));
    state = { examples: done.examples, testExamples: done.testExamples };
    for (const { example, reason } of done.removed) {
      removed.push({ line: example.line, code: finding, reason, raw: cut(example.text, RAW_LIMIT) });
    }
    applied.push({ finding, action, title: check.title, effect: done.effect });
  }
  return { ...state, removed, applied };
}

function unknownFix(finding: string, action: string, checks: readonly Check[]): EngineError {
  const known = checks.flatMap(({ code, fixes }) => Object.keys(fixes).map((id) => `${code}/${id}`));
  return new EngineError({
    code: 'unknown-fix',
    message: `There is no fix “${action}” for “${finding}”.`,
    hint: `Known fixes: ${known.join(', ')}.`,
    details: { finding, action },
  });
}
