import { describe, expect, it } from 'vitest';
import type { StudyEvent } from '../engine/core/study';
import { armReport, STUDY_CONFIG, studyReport } from '../engine/testing/testStudy';
import { armState, IDLE_STUDY, isStudyUnderWay, type RunningStudy, studyReducer } from './studyReducer';
import { timeLeft } from './studyTime';

function started(config = STUDY_CONFIG): RunningStudy {
  const state = studyReducer(IDLE_STUDY, { type: 'start', id: 's', name: 'S', config, report: null });
  if (!isStudyUnderWay(state)) throw new Error('a study under way was expected');
  return state;
}

/** Each event with the second at which it comes. */
function after(state: RunningStudy, ...events: [number, StudyEvent][]): RunningStudy {
  let now = state;
  for (const [at, event] of events) {
    const next = studyReducer(now, { type: 'event', id: 's', event, at });
    if (!isStudyUnderWay(next)) throw new Error('a study under way was expected');
    now = next;
  }
  return now;
}

const arm = (id: string): StudyEvent => ({
  type: 'arm',
  id,
  detail: 'Starting',
  done: 0,
  total: 0,
  secondsLeft: null,
});
const step = (id: string, at: number, secondsLeft: number): StudyEvent => ({
  ...{ type: 'step', id, step: at, totalSteps: 10, epoch: 1, loss: 2 / at },
  ...{ learningRate: 1e-3, gradientNorm: 1, tokensPerSecond: 1, secondsLeft },
});
const report = (...ids: string[]): StudyEvent => ({
  type: 'report',
  report: studyReport(ids.map((id) => armReport(id, 0.5))),
});

describe('studyReducer', () => {
  it('follows each arm from waiting through running to its end', () => {
    const running = after(started(), [0, arm('majority')], [2, report('majority')], [2, arm('zero-shot')]);
    const states = STUDY_CONFIG.arms.map(({ key }) => armState(running.progress, key));
    expect(states).toEqual(['finished', 'running', 'waiting', 'waiting']);
    expect(running.progress.took).toEqual({ majority: 2 });
    const failed: StudyEvent = {
      type: 'report',
      report: studyReport([armReport('majority', 0.5), armReport('zero-shot', 0, { status: 'failed' })]),
    };
    const later = after(running, [9, failed]);
    expect(armState(later.progress, 'zero-shot')).toBe('failed');
    // How long a failure took says nothing about the others.
    expect(later.progress.took).toEqual({ majority: 2 });
  });

  it('keeps the curve of the arm that trains, without checks told twice', () => {
    const check = (at: number): StudyEvent => ({
      ...{ type: 'evaluation', id: 'lora', step: at, epoch: 1, train_loss: 1, validation_loss: 1.5 },
      ...{ metrics: { accuracy: 0.6, macro_f1: 0.6 }, best: true, n: 80, accuracyCi95: [0.5, 0.7] },
    });
    const { current } = after(
      started(),
      [0, arm('lora')],
      [1, step('lora', 1, 9)],
      [2, check(2)],
      [3, check(2)],
    ).progress;
    expect(current?.loss.buckets).toHaveLength(1);
    expect(current?.checks).toEqual([{ step: 2, loss: 1.5, accuracy: 0.6 }]);
    expect(current?.latest).toEqual({ step: 1, totalSteps: 10, secondsLeft: 9 });
  });

  it('does not count the time spent paused as the arm’s', () => {
    let state = after(started(), [0, arm('head')]);
    state = studyReducer(state, { type: 'paused', at: 4 }) as RunningStudy;
    state = studyReducer(state, { type: 'resumed', at: 104 }) as RunningStudy;
    expect(after(state, [106, report('head')]).progress.took).toEqual({ head: 6 });
  });

  it('forgets a skip with the arm that was skipped, and an event of another study', () => {
    let state = after(started(), [0, arm('zero-shot')]);
    state = studyReducer(state, { type: 'skipping' }) as RunningStudy;
    expect(after(state, [1, arm('zero-shot')]).skipping).toBe('zero-shot');
    expect(after(state, [1, arm('head')]).skipping).toBeNull();
    expect(studyReducer(state, { type: 'event', id: 'other', event: arm('head'), at: 1 })).toBe(state);
  });
});

describe('timeLeft', () => {
  it('is unknown before anything was timed', () => {
    expect(timeLeft(after(started(), [0, arm('majority')]), 1)).toBeNull();
  });

  it('takes arms of one pace to last alike, and says when some are unlike any', () => {
    const one = after(started(), [0, arm('majority')], [2, report('majority')], [2, arm('zero-shot')]);
    // One second in, of about two; the head and LoRA are unlike it.
    expect(timeLeft(one, 3)).toEqual({ seconds: 1, atLeast: true });
    const training = after(
      one,
      [4, report('majority', 'zero-shot')],
      [4, arm('head')],
      [5, step('head', 1, 9)],
    );
    expect(timeLeft(training, 5)).toEqual({ seconds: 9, atLeast: true });
    const last = after(
      training,
      [14, report('majority', 'zero-shot', 'head')],
      [14, arm('lora')],
      [20, step('lora', 5, 6)],
    );
    expect(timeLeft(last, 20)).toEqual({ seconds: 6, atLeast: false });
  });

  it('counts the draws of the curve by their share of the training rows', () => {
    const curve = { arms: ['head'], sizes: [100, 200, 5000], draws: 2 };
    const config = { ...STUDY_CONFIG, arms: STUDY_CONFIG.arms.slice(2, 3), reference: 'head', curve };
    const done = after(started(config), [0, arm('head')], [8, report('head')]);
    // Two draws of a quarter and two of a half of 400 rows at 8 s for all; 5,000 is past the split.
    expect(timeLeft(done, 8)).toEqual({ seconds: 12, atLeast: false });
    const event: StudyEvent = { type: 'curve', arm: 'head', rows: 100, done: 1, total: 4 };
    expect(timeLeft(after(done, [9, event]), 9)).toEqual({ seconds: 10, atLeast: false });
  });
});
