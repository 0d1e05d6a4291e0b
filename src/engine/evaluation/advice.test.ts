import { describe, expect, test } from 'vitest';
import { armSpec } from '../arms/specs';
import type { Advice, ArmReport, Situation } from '../core/study';
import { adviceSchema } from '../core/study';
import { against, armOf, beside, studyOf } from '../testing/testReports';
import { advise } from './advice';
import type { SpecOf } from './candidates';

const majority = armOf('majority', 100, { macro_f1: 1 / 3 });
const tie = (...ties: string[]): Partial<ArmReport> => ({ ties });
/** Counted against several. */
const counted = (...parts: readonly Partial<ArmReport>[]): Partial<ArmReport> => ({
  ...Object.assign({}, ...parts),
  pairs: Object.assign({}, ...parts.map(({ pairs }) => pairs)),
});
const big = { bytes: 90_000_000, trainable_parameters: 22_700_000, train_s: 100 };
const small = { bytes: 600_000, trainable_parameters: 150_000, train_s: 60 };

const kinds = (advice: readonly Advice[]): string[] => advice.map(({ kind }) => kind);
const situation = (own: Partial<Situation>): Situation => ({
  changes: 'rarely',
  rowsPerDay: 0,
  stayInside: false,
  maxLatencyMs: null,
  ...own,
});
function noteOf(advice: readonly Advice[], text: RegExp): Advice {
  const found = advice.find((one) => one.kind === 'note' && text.test(one.text));
  if (!found) throw new Error(`no note says ${text}; they say: ${advice.map((one) => one.text).join(' | ')}`);
  return found;
}

/** LoRA clearly better than the prompt, which is the reference. */
const worthIt = [
  armOf('zero-shot', 120),
  majority,
  armOf('lora', 180, { ...small, ...against('zero-shot', 70, 10) }),
];

describe('the verdict', () => {
  test('nothing above the floor: no signal', () => {
    const arms = [majority, armOf('zero-shot', 96, tie('majority')), armOf('lora', 109, tie('majority'))];
    const [only, ...rest] = advise(studyOf(arms));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ kind: 'no-signal', at: 'arm-lora' });
    expect(only?.text).toMatch(/no signal: do not fine-tune/);
    expect(only?.because).toMatch(
      /54\.5 % of 200 test rows \(95 %: .*\); always the most common label on 50\.0 %/,
    );
  });

  test('the best of fourteen by luck alone is still no signal, whatever the reference', () => {
    const lucky = Array.from({ length: 13 }, (_, i) =>
      armOf('lora', 100 + i, { id: `lora-${i}`, ...against('majority', 40 + i, 40) }),
    );
    /** Significant by itself. */
    const luckiest = armOf('full', 120, against('majority', 55, 35));
    expect(luckiest.versus?.p).toBeLessThan(0.05);
    expect(kinds(advise(studyOf([majority, ...lucky, luckiest])))).toEqual(['no-signal']);
  });

  test('without a majority arm the classes’ shares are the floor', () => {
    expect(kinds(advise(studyOf([armOf('zero-shot', 96), armOf('lora', 104)])))).toEqual(['no-signal']);
  });

  test('rare labels found are a signal, though accuracy does not beat the floor', () => {
    const rare = armOf('lora', 195, {
      macro_f1: 0.8,
      ci95: { accuracy: [0.94, 0.99], macro_f1: [0.68, 0.9] },
      ties: ['majority'],
    });
    const advice = advise(studyOf([armOf('majority', 194, { macro_f1: 0.49, ties: ['lora'] }), rare]));
    expect(kinds(advice)).not.toContain('no-signal');
    expect(noteOf(advice, /macro F1/).because).toMatch(/97\.0 %/);
  });

  test('a handful of test rows cannot deny a signal', () => {
    const few = [majority, armOf('lora', 104, tie('majority'))].map((arm) => ({ ...arm, n: 20 }));
    expect(advise(studyOf(few))[0]).toMatchObject({
      kind: 'cannot-tell',
      text: expect.stringMatching(/20 test rows are too few/),
    });
  });

  test('nothing that learns was measured: no word on the signal, and the notes stay', () => {
    const failed = armOf('lora', 0, {
      ...{ status: 'failed', error: { code: 'x', message: 'Out of memory.', hint: '' } },
    });
    const advice = advise(studyOf([majority, armOf('zero-shot', 96), failed]));
    expect(kinds(advice)).toEqual(['cannot-tell', 'note']);
    expect(advice[0]?.text).toMatch(/no way that learns from the rows has finished/);
    const nonsense = armOf('endpoint', 0, { unanswered: 200, ...against('majority', 0, 100) });
    expect(kinds(advise(studyOf([majority, nonsense])))).toEqual(['cannot-tell', 'note']);
    noteOf(advise(studyOf([majority, armOf('head', 96), failed])), /“lora” failed/);
  });

  test('while ways are still to come nothing is final', () => {
    const whole = studyOf([majority, armOf('zero-shot', 96), armOf('tfidf', 98)]);
    const lora = { key: 'lora', arm: 'lora', settings: {}, training: {} };
    const config = { ...whole.config, arms: [...whole.config.arms, lora] };
    const advice = advise({ ...whole, config });
    expect(kinds(advice)).toEqual(['note']);
    expect(advice[0]).toMatchObject({
      text: expect.stringMatching(/not finished yet/),
      because: '3 of 4 ways have run.',
    });
  });

  test('word counts as good as the best tuned arm: excessive, and with which', () => {
    const arms = [
      armOf('tfidf', 198),
      majority,
      armOf('zero-shot', 90, against('tfidf', 2, 110)),
      armOf('lora', 199, { ...small, ...tie('tfidf'), ...against('tfidf', 2, 1) }),
    ];
    const [first] = advise(studyOf(arms));
    expect(first).toMatchObject({ kind: 'excessive', at: 'arm-tfidf' });
    expect(first?.text).toMatch(/fine-tuning is excessive here: “tfidf”/i);
    expect(first?.because).toMatch(
      /−0\.5 points \(95 %: −3\.1 points to \+1\.9 points\), p = 1\.00 \(McNemar, Holm\), not distinguishable on 200 rows, about 4,800 would be needed/,
    );
  });

  test('a prompt as good as tuning: excessive, and prompt', () => {
    const arms = [
      armOf('zero-shot', 196),
      majority,
      armOf('head', 196, {
        ...tie('zero-shot', 'lora'),
        ...counted(against('zero-shot', 1, 1), beside('lora', 1, 2)),
      }),
      armOf('lora', 197, { ...small, ...tie('zero-shot', 'head'), ...against('zero-shot', 2, 1) }),
    ];
    const advice = advise(studyOf(arms));
    expect(kinds(advice).slice(0, 2)).toEqual(['excessive', 'prompt']);
    expect(advice[0]?.text).toMatch(/“zero-shot” does as well .* So does “head”\./);
    expect(advice[1]).toMatchObject({ at: 'arm-zero-shot', text: expect.stringMatching(/^Prompt/) });
  });

  test('a keyword decides 105 test rows, nearly all right either way: excessive', () => {
    const keyword = [
      armOf('majority', 35, { n: 105, accuracy: 1 / 3 }),
      armOf('tfidf', 105, { n: 105, accuracy: 1, ties: ['lora'] }),
      armOf('lora', 104, { n: 105, accuracy: 104 / 105, ties: ['tfidf'] }),
    ];
    const pair = (id: string, ahead: number, behind: number) => ({
      pairs: { [id]: { n: 105, ahead, behind } },
    });
    const [floor, words, lora] = keyword as [ArmReport, ArmReport, ArmReport];
    const study = studyOf([
      floor,
      { ...words, ...pair('majority', 70, 0) },
      { ...lora, ...counted(pair('majority', 69, 0), pair('tfidf', 0, 1)) },
    ]);
    expect(advise(study)[0]).toMatchObject({ kind: 'excessive', at: 'arm-tfidf' });
    const level = studyOf([
      floor,
      { ...words, ...pair('majority', 70, 0) },
      { ...lora, accuracy: 1, ...counted(pair('majority', 70, 0), pair('tfidf', 0, 0)) },
    ]);
    expect(advise(level)[0]).toMatchObject({ kind: 'excessive', at: 'arm-tfidf' });
  });

  test('not told apart is not the same as equally good', () => {
    const arms = [
      armOf('zero-shot', 178),
      majority,
      armOf('lora', 180, { ...small, ...tie('zero-shot'), ...against('zero-shot', 10, 8) }),
    ];
    expect(advise(studyOf(arms))[0]?.kind).toBe('cannot-tell');
    const ahead = [
      armOf('zero-shot', 180),
      majority,
      armOf('lora', 178, { ...small, ...tie('zero-shot'), ...against('zero-shot', 20, 22) }),
    ];
    expect(advise(studyOf(ahead))[0]?.kind).toBe('cannot-tell');
  });

  test('an arm asked some of the rows counts by the rows that both were asked', () => {
    // Right on 48 of its 50 rows, on which LoRA was right on 49.
    const asked = armOf('endpoint', 0, {
      n: 50,
      accuracy: 0.96,
      pairs: { lora: { n: 50, ahead: 0, behind: 1 } },
    });
    const versus = {
      ...{ id: 'lora', n: 50, delta: -0.02, ci95: [-0.06, 0.02] as [number, number], p: 1, p_holm: 1 },
      ...{ fixed: 0, broken: 1, rows_needed: 400 },
    };
    const arms = [armOf('lora', 180, small), majority, { ...asked, versus, ties: ['lora'] }];
    const [first] = advise(studyOf(arms));
    expect(first).toMatchObject({ kind: 'cannot-tell', at: 'arm-lora' });
    expect(first?.because).toMatch(/\+2\.0 points .* on 50 rows/);
  });

  test('tuning told apart from everything cheap: fine-tune', () => {
    const [first] = advise(studyOf(worthIt));
    expect(first).toMatchObject({ kind: 'fine-tune', at: 'arm-lora' });
    expect(first?.because).toMatch(
      /90\.0 % of 200 test rows .* 60\.0 % of “zero-shot”: \+30\.0 points \(95 %: .*\), p < 0\.001/,
    );
  });

  test('of tuned arms that cannot be told apart the smallest file is named, and said to match', () => {
    const arms = [
      armOf('zero-shot', 120),
      majority,
      armOf('full', 181, {
        ...{ ...big, ...tie('lora') },
        ...counted(against('zero-shot', 70, 9), beside('lora', 2, 1)),
      }),
      armOf('lora', 180, { ...small, ...tie('full'), ...against('zero-shot', 70, 10) }),
    ];
    const advice = advise(studyOf(arms));
    expect(advice[0]).toMatchObject({ kind: 'fine-tune', at: 'arm-lora' });
    expect(advice[0]?.text).toMatch(
      /“full” scored 90\.5 %, which is not distinguishable from it on 200 rows/,
    );
    expect(noteOf(advice, /“lora” matches “full” to within 5 points, with a file of 600 kB/).at).toBe(
      'arm-lora',
    );
    const differ = arms.map((arm) => ({
      ...arm,
      pairs: { ...arm.pairs, ...(arm.id === 'full' ? beside('lora', 12, 11).pairs : {}) },
    }));
    noteOf(advise(studyOf(differ)), /Whether “full” is worth a file of 90 MB .* cannot be told/);
  });

  test('tuned and prompted together, told apart from tuning alone: both', () => {
    const specOf: SpecOf = (id) =>
      id === 'together'
        ? { kind: 'tune-and-prompt', reach: 'tab', trains: { method: 'lora', training: {} }, learns: true }
        : armSpec(id);
    const arms = [...worthIt, armOf('together', 194, { ...small, ...against('zero-shot', 78, 4) })];
    expect(advise(studyOf(arms), specOf)[0]).toMatchObject({ kind: 'both', at: 'arm-together' });
    const level = arms.map((arm) => (arm.id === 'together' ? { ...arm, ties: ['lora'] } : arm));
    expect(advise(studyOf(level), specOf)[0]?.kind).toBe('fine-tune');
  });

  test('ahead, but not told apart: cannot tell, and about how many rows would', () => {
    const arms = [
      armOf('zero-shot', 160),
      majority,
      armOf('lora', 170, { ...small, ...tie('zero-shot'), ...against('zero-shot', 24, 14) }),
    ];
    const [first] = advise(studyOf(arms));
    expect(first).toMatchObject({ kind: 'cannot-tell', at: 'arm-lora' });
    expect(first?.text).toMatch(/not distinguishable on 200 test rows/);
    expect(first?.because).toMatch(/about 600 would be needed/);
  });

  test('how many rows would settle it is said of any two, the reference or not', () => {
    const arms = [
      majority,
      armOf('zero-shot', 160, { ...tie('lora'), ...against('majority', 80, 20) }),
      armOf('lora', 170, {
        ...{ ...small, ...tie('zero-shot') },
        ...counted(against('majority', 90, 20), beside('zero-shot', 24, 14)),
      }),
    ];
    const [first] = advise(studyOf(arms));
    expect(first).toMatchObject({ kind: 'cannot-tell', at: 'arm-lora' });
    expect(first?.because).toMatch(/not distinguishable on 200 rows, about 600 would be needed\.$/);
  });

  test('a difference that counts alone does not count among many (Holm)', () => {
    const close = armOf('lora', 176, { ...small, ...against('zero-shot', 26, 10) });
    expect(close.versus?.p).toBeLessThan(0.05);
    const reference = armOf('zero-shot', 160);
    expect(advise(studyOf([reference, majority, close]))[0]?.kind).toBe('fine-tune');
    const others = Array.from({ length: 9 }, (_, i) =>
      armOf('layerwise', 161, { id: `layerwise-${i}`, ...small, ...against('zero-shot', 10, 9) }),
    );
    expect(advise(studyOf([reference, majority, close, ...others]))[0]?.kind).toBe('cannot-tell');
  });

  test('no tuned arm: a prompt if it leads, else not measured; nothing finished: nothing to advise', () => {
    expect(kinds(advise(studyOf([majority, armOf('zero-shot', 170)])))).toEqual(['prompt']);
    expect(advise(studyOf([majority, armOf('tfidf', 170)]))[0]?.text).toMatch(/not measured/);
    expect(kinds(advise(studyOf([majority])))).toEqual(['cannot-tell']);
  });
});

describe('rows to collect', () => {
  const gain = { arm: 'lora', gain: 0.03, ci95: [0.01, 0.05] as [number, number], message: '+3 points.' };

  test('where the learning curve still rises', () => {
    const advice = advise(studyOf(worthIt, { more_data: [{ ...gain, verdict: 'yes' }] }));
    expect(advice.find(({ kind }) => kind === 'collect-rows')).toMatchObject({
      at: 'curve',
      because: '+3 points.',
      text: expect.stringMatching(/“lora”/),
    });
  });

  test('not where it is level or unclear, which is noted', () => {
    const level = advise(studyOf(worthIt, { more_data: [{ ...gain, verdict: 'no' }] }));
    expect(kinds(level)).not.toContain('collect-rows');
    expect(noteOf(level, /hardly help “lora”/).at).toBe('curve');
    noteOf(advise(studyOf(worthIt, { more_data: [{ ...gain, verdict: 'cannot-tell' }] })), /cannot be told/);
  });

  test('only where the arm advised is concerned', () => {
    const other = { ...gain, arm: 'zero-shot' };
    const more_data = [
      { ...other, verdict: 'yes' as const },
      { ...gain, verdict: 'no' as const },
    ];
    const advice = advise(studyOf(worthIt, { more_data }));
    expect(kinds(advice)).not.toContain('collect-rows');
    noteOf(advice, /hardly help “lora”/);
    expect(kinds(advise(studyOf(worthIt, { more_data: [{ ...other, verdict: 'no' }] })))).toEqual([
      'fine-tune',
    ]);
  });

  test('of labels with a handful', () => {
    const study = studyOf(worthIt);
    const advice = advise({ ...study, data: { ...study.data, train_counts: [350, 4] } });
    expect(advice.find(({ kind }) => kind === 'collect-rows')).toMatchObject({
      at: 'data',
      text: 'Collect rows of “right”.',
      because: expect.stringMatching(/the rarest has 4/),
    });
  });
});

describe('notes', () => {
  test('failures, rows without an answer, confidences that mislead', () => {
    const arms = [
      ...worthIt.map((arm) => (arm.id === 'lora' ? { ...arm, ece: 0.2, unanswered: 7 } : arm)),
      armOf('full', 0, { status: 'failed', error: { code: 'x', message: 'Out of memory.', hint: '' } }),
    ];
    const advice = advise(studyOf(arms));
    expect(noteOf(advice, /“full” failed/).because).toBe('Out of memory.');
    expect(noteOf(advice, /no usable answer/).because).toMatch(/^7 of 200 test rows \(3\.5 %\)/);
    expect(noteOf(advice, /confidences of “lora”/).because).toMatch(/0\.2 on 200/);
    expect(kinds(advise(studyOf(worthIt))).filter((kind) => kind === 'note')).toEqual([]);
  });

  const inSituation = (own: Partial<Situation>, specOf?: SpecOf, arms: readonly ArmReport[] = worthIt) => {
    const study = studyOf(arms);
    return advise({ ...study, config: { ...study.config, situation: situation(own) } }, specOf);
  };

  test('rows that must stay inside rule out the network', () => {
    const specOf: SpecOf = (id) =>
      id === 'far' ? { kind: 'prompt', reach: 'network', trains: null, learns: true } : armSpec(id);
    const arms = [...worthIt, armOf('far', 199, counted(against('zero-shot', 80, 1), beside('lora', 19, 0)))];
    const free = inSituation({}, specOf, arms);
    expect(kinds(free)).toContain('excessive');
    const inside = inSituation({ stayInside: true }, specOf, arms);
    expect(inside[0]).toMatchObject({ kind: 'fine-tune', at: 'arm-lora' });
    expect(noteOf(inside, /“far” is out/).at).toBe('situation');
    const near = [...worthIt, armOf('far', 199, { settings: { address: 'http://192.168.1.7/v1' } })];
    expect(inSituation({ stayInside: true }, specOf, near).some(({ text }) => / is out/.test(text))).toBe(
      false,
    );
  });

  test('labels that change weekly, a limit on the wait, a price a day', () => {
    const advice = inSituation({ changes: 'weekly', maxLatencyMs: 4, rowsPerDay: 100_000 });
    expect(noteOf(advice, /change weekly/).because).toMatch(/took 1 min to train/);
    expect(noteOf(advice, /“lora” is too slow/).because).toBe(
      'One answer took 5 ms here; the limit is 4 ms.',
    );
    expect(noteOf(advice, /would cost 0\.3 a day/).because).toBe(
      '100,000 rows a day at 20 tokens, 0.15 a million.',
    );
    const paid = worthIt.map((arm) => (arm.id === 'zero-shot' ? { ...arm, cost_per_thousand: 2 } : arm));
    expect(noteOf(inSituation({ rowsPerDay: 5000 }, undefined, paid), /would cost 10 a day/).because).toBe(
      '5,000 rows a day at 2 for 1,000, measured at its own prices.',
    );
    expect(kinds(inSituation({}))).toEqual(['fine-tune']);
  });

  test('prompts that cost the same a day are told together', () => {
    const again = worthIt.flatMap((arm) =>
      arm.id === 'zero-shot' ? [arm, { ...arm, label: 'again' }] : [arm],
    );
    const notes = inSituation({ rowsPerDay: 100_000 }, undefined, again).filter(({ text }) =>
      text.includes('a day'),
    );
    expect(notes.map(({ text }) => text)).toEqual([
      'At a price a token, “zero-shot”, “again” would cost 0.3 a day each.',
    ]);
  });
});

test('every advice has its number and its place', () => {
  for (const one of advise(studyOf(worthIt))) {
    expect(adviceSchema.parse(one)).toEqual(one);
    expect(one.because).toMatch(/\d/);
    expect(one.at).toMatch(/^(arm-[\w-]+|curve|data|situation)$/);
  }
});
