import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../engine/core/config';
import type { RunEvent } from '../engine/core/events';
import { IDLE_RUN, isUnderWay, type RunState, runReducer } from './runReducer';

const config = { version: 1 } as RunConfig;
const started = runReducer(IDLE_RUN, { type: 'start', id: 'a', name: 'A', config, earlier: null });

const plan: RunEvent = {
  type: 'plan',
  backend: { id: 'wasm', adapter: 'CPU, 2 threads', reason: 'no graphics card', threads: 2 },
  totalSteps: 100,
  stepsPerEpoch: 10,
  evaluateEvery: 10,
  trainableParameters: 5,
  classes: ['no', 'yes'],
  splits: { train: 8, validation: 2, test: 2 },
  pinned: [
    { line: 3, text: 'good', expected: 1, before: 0 },
    { line: 9, text: 'bad', expected: 0, before: 0 },
  ],
  resumedFromStep: 0,
};

function step(n: number, loss = 1 / n): RunEvent {
  return {
    ...{ type: 'step', step: n, epoch: n / 10, loss, learningRate: 1e-4 },
    ...{ gradientNorm: 1, tokensPerSecond: 100, secondsLeft: 100 - n },
  };
}

function evaluation(n: number, predicted: readonly [number, number], best = true): RunEvent {
  return {
    ...{ type: 'evaluation', step: n, epoch: n / 10, train_loss: 0.5, validation_loss: 0.6, best, n: 2 },
    metrics: { accuracy: 0.5, macro_f1: 0.5 },
    accuracyCi95: [0.1, 0.9],
    pinned: predicted.map((index) => ({ predicted: index, confidence: 0.8 })),
  };
}

function play(events: readonly RunEvent[], from: RunState = started): RunState {
  return events.reduce<RunState>(
    (state, event) => runReducer(state, { type: 'event', id: 'a', event }),
    from,
  );
}

function telemetryOf(state: RunState) {
  if (state.status === 'idle') throw new Error('idle');
  return state.telemetry;
}

describe('runReducer', () => {
  it('goes from starting to running with the first event', () => {
    expect(started.status).toBe('starting');
    expect(isUnderWay(started)).toBe(true);
    const state = play([{ type: 'phase', phase: 'tokenizing', done: 3, total: 9 }]);
    expect(state.status).toBe('running');
    expect(telemetryOf(state).phase).toEqual({ phase: 'tokenizing', done: 3, total: 9, detail: null });
  });

  it('notes since which step a pinned row has been right', () => {
    const state = play([
      plan,
      evaluation(10, [1, 0]),
      evaluation(20, [0, 1], false),
      evaluation(30, [1, 1]),
      evaluation(40, [1, 0], false),
    ]);
    const { pinned, bestStep, evaluations } = telemetryOf(state);
    expect(pinned.map((row) => row.rightSince)).toEqual([30, 40]);
    expect(pinned[0]?.history.map((entry) => entry.predicted)).toEqual([1, 0, 1, 1]);
    expect(bestStep).toBe(30);
    expect(evaluations).toHaveLength(4);
    expect(evaluations[0]).not.toHaveProperty('pinned');
  });

  it('counts a row that was right from the start as right since 0', () => {
    const { pinned } = telemetryOf(play([plan, evaluation(10, [0, 0])]));
    expect(pinned[1]?.rightSince).toBe(0);
    expect(pinned[0]?.rightSince).toBeNull();
  });

  it('keeps one entry per change of verdict', () => {
    const verdict = (code: 'learning' | 'memorising', at: number): RunEvent => ({
      ...{ type: 'verdict', code, step: at, since: at, message: `${at}`, advice: '' },
    });
    const state = play([verdict('learning', 10), verdict('learning', 20), verdict('memorising', 30)]);
    expect(telemetryOf(state).verdicts.map(({ code, step: at }) => [code, at])).toEqual([
      ['learning', 20],
      ['memorising', 30],
    ]);
  });

  it('keeps the past up to the checkpoint when it resumes', () => {
    const before = play([
      plan,
      ...[1, 2, 3, 4].map((n) => step(n)),
      evaluation(2, [1, 0]),
      evaluation(4, [0, 0], true),
    ]);
    const again = runReducer(before, {
      ...{ type: 'start', id: 'a', name: 'A', config },
      earlier: telemetryOf(before),
    });
    const resumed = telemetryOf(play([{ ...plan, resumedFromStep: 3 } as RunEvent], again));
    expect(resumed.loss.buckets.map((bucket) => bucket.to)).toEqual([1, 2, 3]);
    expect(resumed.evaluations.map((point) => point.step)).toEqual([2]);
    expect(resumed.bestStep).toBe(2);
    expect(resumed.pinned[0]?.rightSince).toBe(2);
  });

  it('shows a check once when the engine tells it again after a resume', () => {
    const state = play([
      plan,
      evaluation(2, [1, 0]),
      evaluation(4, [0, 0]),
      evaluation(2, [1, 0]),
      evaluation(4, [0, 0]),
    ]);
    expect(telemetryOf(state).evaluations.map((point) => point.step)).toEqual([2, 4]);
  });

  it('pauses, stops and fails; later events change nothing', () => {
    let state = play([plan, step(1)]);
    state = runReducer(state, { type: 'paused', paused: true });
    expect(state).toMatchObject({ status: 'running', paused: true });
    state = runReducer(state, { type: 'stopping' });
    expect(state).toMatchObject({ paused: false, stopping: true });
    const failed = play([{ type: 'failed', error: { code: 'x', message: 'No.' } }, step(2)], state);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'x' } });
    expect(telemetryOf(failed).latest?.step).toBe(1);
    expect(runReducer(failed, { type: 'paused', paused: true })).toBe(failed);
    expect(runReducer(failed, { type: 'clear' })).toBe(IDLE_RUN);
  });

  it('ignores events of another run', () => {
    expect(runReducer(started, { type: 'event', id: 'b', event: step(1) })).toBe(started);
  });
});
