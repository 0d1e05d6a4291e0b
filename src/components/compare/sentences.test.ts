import { describe, expect, it } from 'vitest';
import { aboutRows } from '../../engine/core/format';
import type { Comparison, Scores } from '../../engine/core/report';
import { changeClause, headFinding, leadFinding, rewordingCaution } from './sentences';

const scores = (right: number, n: number): Scores => ({
  n,
  accuracy: right / n,
  macro_f1: right / n,
  ci95: { accuracy: [0, 1], macro_f1: [0, 1] },
  loss: null,
  ece: null,
});

const comparison = (over: Partial<Comparison>): Comparison => ({
  delta: 0,
  ci95: [-0.1, 0.1],
  macro_f1_delta: 0,
  macro_f1_ci95: [-0.1, 0.1],
  mcnemar_p: 1,
  fixed: 0,
  broken: 0,
  ...over,
});

describe('changeClause', () => {
  it('says better, worse or too close, with what it was before and the paired p', () => {
    const clause = (over: Partial<Comparison>) =>
      changeClause({ before: scores(57, 60), comparison: comparison(over) });
    expect(clause({ mcnemar_p: 0.0042, fixed: 1, broken: 12 })).toBe(
      'worse than before tuning (95.0 %, p = 0.004)',
    );
    expect(clause({ mcnemar_p: 0.0042, fixed: 12, broken: 1 })).toContain('better than');
    expect(clause({ mcnemar_p: 0.25, fixed: 0, broken: 3 })).toBe(
      'too close to tell from before tuning (95.0 %, p = 0.25)',
    );
    expect(clause({})).toBe('every row answered as before tuning');
  });
});

describe('leadFinding', () => {
  it('says a real gain with its counts', () => {
    const finding = leadFinding({
      before: scores(74, 120),
      after: scores(112, 120),
      comparison: comparison({ mcnemar_p: 1e-9, fixed: 40, broken: 2 }),
    });
    expect(finding).toEqual({
      tone: 'better',
      text: 'After tuning it is right on 112 of 120 test rows, up from 74. The difference is real (p < 0.001).',
    });
  });

  it('says a real loss', () => {
    const finding = leadFinding({
      before: scores(100, 120),
      after: scores(80, 120),
      comparison: comparison({ mcnemar_p: 0.0042, fixed: 4, broken: 24 }),
    });
    expect(finding.tone).toBe('worse');
    expect(finding.text).toContain('right on 80 of 120 test rows, down from 100');
    expect(finding.text).toContain('(p = 0.004)');
  });

  it('admits what too few rows cannot show, and how many would', () => {
    const few = {
      before: scores(28, 40),
      after: scores(31, 40),
      comparison: comparison({ mcnemar_p: 0.51, fixed: 6, broken: 3, delta: 3 / 40 }),
    };
    expect(leadFinding(few).text).toBe(
      'With 40 test rows we cannot tell these two apart: right on 31 after tuning, 28 before. About 320 would be needed.',
    );
    const hairsbreadth = {
      ...few,
      comparison: comparison({ mcnemar_p: 0.9, fixed: 61, broken: 60, delta: 1 / 400 }),
    };
    expect(leadFinding(hairsbreadth).text).toContain('too small to matter');
  });

  it('does not ask for more rows where nothing differs', () => {
    const same = { before: scores(28, 40), after: scores(28, 40) };
    expect(leadFinding({ ...same, comparison: comparison({}) })).toEqual({
      tone: 'same',
      text: 'Tuning changed no result: it is right on 28 of 40 test rows, before as after.',
    });
    const swapped = leadFinding({ ...same, comparison: comparison({ fixed: 5, broken: 5 }) });
    expect(swapped.text).toBe('Tuning fixed 5 and broke 5 of 40 test rows: right on 28 before as after.');
  });
});

describe('headFinding', () => {
  const against = (versus: Partial<Comparison>, head = 104, method = 'lora') =>
    headFinding({
      after: scores(112, 120),
      method: { id: method, trainable_parameters: 1 },
      baselines: [{ id: 'head', label: 'Head', scores: scores(head, 120), versus: comparison(versus) }],
    });

  it('says when tuning paid', () => {
    expect(against({ delta: 0.067, mcnemar_p: 0.021 })?.text).toBe(
      'Tuning was worth it: the head alone, on the frozen model, is right on 104; tuning on 112 (p = 0.021).',
    );
  });

  it('says when the head alone does as well, or better', () => {
    expect(against({ delta: 0, ci95: [-0.02, 0.02], fixed: 2, broken: 2 }, 112)?.text).toContain(
      'the head alone does as well',
    );
    expect(against({ delta: -0.05, mcnemar_p: 0.01 }, 118)?.text).toContain('the head alone does better');
  });

  it('does not take a wide interval for equality', () => {
    const finding = against({ fixed: 10, broken: 2, delta: 0.067, ci95: [-0.01, 0.14], mcnemar_p: 0.13 });
    expect(finding?.tone).toBe('unclear');
    expect(finding?.text).toContain('About 180 would be needed. Until then the head is the cheaper choice.');
  });

  it('has nothing to say without the baseline, and no contest with itself', () => {
    expect(
      headFinding({ after: scores(1, 2), method: { id: 'lora', trainable_parameters: 1 }, baselines: [] }),
    ).toBeNull();
    expect(
      headFinding({ after: scores(1, 2), method: { id: 'head', trainable_parameters: 1 }, baselines: [] })
        ?.text,
    ).toContain('already the cheap way');
    expect(against({}, 112, 'head')?.text).toContain('already the cheap way');
  });
});

describe('numbers in words', () => {
  it('rounds a row count up to two figures', () => {
    expect([7, 43, 207, 1873, 12_345].map(aboutRows)).toEqual(['10', '50', '210', '1,900', '13,000']);
  });
});

it('says how often the test rows were measured with other descriptions', () => {
  expect(rewordingCaution({})).toBeNull();
  expect(rewordingCaution({ rewordings: 1 })).toContain('Measured again once on these rows');
  expect(rewordingCaution({ rewordings: 12 })).toContain('Measured again 12 times on these rows');
});
