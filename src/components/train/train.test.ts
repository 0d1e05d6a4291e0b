import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../engine/core/config';
import type { RunEvent } from '../../engine/core/events';
import { IDLE_RUN, type RunState, runReducer } from '../../state/runReducer';
import { announcement, tabTitle } from './announce';
import { chartFinding, endTone, rightSinceText, troubleZones } from './finding';
import { phaseRows, trainingShare } from './phases';
import { viewData } from './views';

const config = { version: 1, baselines: true } as RunConfig;
type Live = Exclude<RunState, { status: 'idle' }>;

function play(events: readonly RunEvent[], settings = config): Live {
  let state: RunState = runReducer(IDLE_RUN, {
    type: 'start',
    id: 'a',
    name: 'A',
    config: settings,
    earlier: null,
  });
  for (const event of events) state = runReducer(state, { type: 'event', id: 'a', event });
  if (state.status === 'idle') throw new Error('no run');
  return state;
}

const plan: RunEvent = {
  ...{ type: 'plan', totalSteps: 100, stepsPerEpoch: 20, evaluateEvery: 10, trainableParameters: 1 },
  backend: { id: 'wasm', adapter: 'CPU', reason: '', threads: 2 },
  classes: ['a', 'b'],
  splits: { train: 1, validation: 1, test: 1 },
  ...{ pinned: [], resumedFromStep: 0 },
};
const training: RunEvent = { type: 'phase', phase: 'training', done: 12, total: 100 };
const step = (at: number): RunEvent => ({
  ...{ type: 'step', step: at, epoch: 1, loss: 2, learningRate: 2e-4, gradientNorm: 1 },
  ...{ tokensPerSecond: 10, secondsLeft: 9 },
});
const check = (at: number, loss: number, accuracy: number, best: boolean): RunEvent => ({
  ...{ type: 'evaluation', step: at, epoch: 1, train_loss: 1, validation_loss: loss, best, n: 90 },
  metrics: { accuracy, macro_f1: accuracy },
  accuracyCi95: [accuracy - 0.1, accuracy + 0.1],
  pinned: [],
});
const verdict = (at: number, code: 'learning' | 'memorising', since: number): RunEvent => ({
  ...{ type: 'verdict', step: at, code, since, message: 'So it is.', advice: '' },
});

describe('the chart states its finding', () => {
  it('before the first step, before the first check, and after checks', () => {
    expect(chartFinding('loss', play([plan]).telemetry)).toBe('The curve starts with the first step');
    expect(chartFinding('loss', play([plan, step(12)]).telemetry)).toBe(
      'Nothing to say before the first check, at step 20',
    );
    const two = play([plan, step(10), check(10, 2.26, 0.55, true), check(20, 0.8044, 0.9, true)]).telemetry;
    expect(chartFinding('loss', two)).toBe(
      'Loss on unseen rows fell from 2.26 to 0.804; the best point is step 20',
    );
    expect(chartFinding('accuracy', two)).toBe(
      'Right on 90.0 % of 90 validation rows (95 % sure: 80.0 % to 100.0 %), 55.0 % at the first check',
    );
    expect(chartFinding('rate', two)).toBe('Step size now 2×10⁻⁴, at most 2×10⁻⁴');
  });

  it('names memorising, shades it until it is over, and keeps the best point', () => {
    const events = [plan, step(50), check(10, 1, 0.8, true), check(20, 2, 0.7, false)];
    const bad = play([...events, verdict(20, 'learning', 10), verdict(40, 'memorising', 20)]);
    expect(chartFinding('loss', bad.telemetry)).toBe(
      'It memorises from step 20 on; the best point is step 10, and that one is kept',
    );
    expect(troubleZones(bad.telemetry.verdicts, 50)).toMatchObject([{ from: 20, to: 50 }]);
    const recovered = [...bad.telemetry.verdicts, { ...verdict(60, 'learning', 45), step: 60 } as never];
    expect(troubleZones(recovered, 60)).toMatchObject([{ from: 20, to: 45 }]);
    expect(viewData('loss', bad).flag).toMatchObject({ step: 10, value: 1 });
    expect(viewData('loss', bad).lastStep).toBe(100);
  });
});

describe('phases', () => {
  it('lists them in order with what is done, going on and to come', () => {
    const run = play([plan, training, step(12)]);
    expect(phaseRows(run).map(({ phase, status }) => `${phase} ${status}`)).toEqual([
      ...['loading done', 'tokenizing done', 'baselines done', 'warming-up done'],
      ...['training active', 'testing waiting'],
    ]);
    expect(phaseRows(run)[4]?.share).toBeCloseTo(0.12);
    expect(trainingShare(run)).toBeCloseTo(0.12);
  });

  it('leaves out baselines that were not asked for, and marks where a run stopped', () => {
    const failed: RunEvent = { type: 'failed', error: { code: 'nan-loss', message: 'No.' } };
    const rows = phaseRows(play([training, failed], { ...config, baselines: false }));
    expect(rows.map(({ phase }) => phase)).not.toContain('baselines');
    expect(rows.find(({ phase }) => phase === 'training')?.status).toBe('stopped');
  });
});

describe('a pinned row', () => {
  const row = { line: 1, text: 'a', expected: 1, before: 0, history: [], rightSince: null };
  const asked = (...answers: number[]) =>
    answers.map((predicted, i) => ({ step: 10 * (i + 1), predicted, confidence: 0.9 }));

  it('says since when it is right, or whether it ever was', () => {
    expect(rightSinceText(row)).toBe('');
    expect(rightSinceText({ ...row, rightSince: 0 })).toBe('the start');
    expect(rightSinceText({ ...row, history: asked(0, 1), rightSince: 20 })).toBe('step 20');
    expect(rightSinceText({ ...row, history: asked(0, 0) })).toBe('not yet');
    expect(rightSinceText({ ...row, history: asked(0, 1, 0) })).toBe('no longer');
    expect(rightSinceText({ ...row, before: 1, history: asked(0) })).toBe('no longer');
  });
});

describe('the end of a run', () => {
  it('is told in the tone of its curves or of its test, whichever is worse', () => {
    expect(endTone('good', 'better')).toBe('good');
    expect(endTone('good', 'worse')).toBe('bad');
    expect(endTone('good', 'unclear')).toBe('open');
    expect(endTone('warning', 'better')).toBe('warning');
  });
});

describe('announcements', () => {
  it('tell phases and checks, not steps', () => {
    const checked = play([plan, training, step(10), check(10, 0.5, 0.85, true)]);
    const told = 'Step 10: right on 85.0 % of the validation rows, loss 0.5. Best so far.';
    expect(announcement(checked)).toBe(told);
    const later = runReducer(checked, { type: 'event', id: 'a', event: step(11) });
    expect(announcement(later)).toBe(told);
    expect(announcement(runReducer(checked, { type: 'paused', paused: true }))).toBe('Paused.');
  });

  it('put progress in the title', () => {
    const run = play([plan, training, step(12)]);
    expect(tabTitle(run, trainingShare(run))).toBe('12 % trained · Hone');
    expect(tabTitle(play([]), null)).toBe('Starting · Hone');
    expect(tabTitle(IDLE_RUN, null)).toBeNull();
  });
});
