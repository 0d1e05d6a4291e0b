/** The run under way: start, hold, stop, and go on after an interruption. */
import { methodSpec } from '../../engine/catalog';
import type { RunConfig } from '../../engine/core/config';
import { type ErrorData, toErrorData } from '../../engine/core/errors';
import type { RunEvent } from '../../engine/core/events';
import { attempt } from '../activity';
import { engine } from '../client';
import { endWorker, isLoss, MAX_RECOVERIES } from '../losses';
import { tookPlace } from '../machine';
import { projectStore, runConfigOf } from '../project';
import { dispatchRun, runStore } from '../run';
import { EMPTY_TELEMETRY, isUnderWay, type RunAction, type Steering, type Telemetry } from '../runReducer';
import { runsStore } from '../runs';
import { forgetTelemetry, keepTelemetry, keptTelemetry } from '../telemetry';
import { sweepData } from './data';
import { findInterrupted, listRuns, openRun } from './runs';

/** Starts the run that the project describes; resolves when it has ended. True when it finished. */
export async function startRun(): Promise<boolean> {
  const project = projectStore.getState();
  const config = runConfigOf(project);
  if (!config || isUnderWay(runStore.getState())) return false;
  const id = newRunId();
  const stem = config.data.name.replace(/\.[a-z]+$/i, '');
  const name = `${stem} · ${methodSpec(config.method.id).label}`;
  dispatchRun({ type: 'start', id, name, config, earlier: null });
  return follow(id, name, config, false, 0);
}

/** Goes on with a run that an earlier session left half-way. */
export async function resumeInterrupted(): Promise<boolean> {
  const { interrupted } = runsStore.getState();
  if (!interrupted || isUnderWay(runStore.getState())) return false;
  const { id, name, config } = interrupted;
  dispatchRun({ type: 'start', id, name, config, earlier: earlierCurves(id) });
  runsStore.setState({ interrupted: null });
  const finished = await follow(id, name, config, true, 0);
  const run = runStore.getState();
  // It still waits, for this tab too once the other one is closed.
  if (run.status === 'failed' && run.error.code === 'open-elsewhere') runsStore.setState({ interrupted });
  return finished;
}

function earlierCurves(id: string): Telemetry | null {
  const found = keptTelemetry(id);
  if (found.state !== 'damaged') return found.state === 'whole' ? found.value : null;
  const message =
    'The curves from before the interruption could not be read and are not shown. The run itself goes on from its checkpoint.';
  return { ...EMPTY_TELEMETRY, warnings: [{ code: 'curves-damaged', step: 0, message }] };
}

export async function discardInterrupted(): Promise<void> {
  const { interrupted } = runsStore.getState();
  if (!interrupted) return;
  const { id } = interrupted;
  runsStore.setState({ interrupted: null });
  const deleted = await attempt('interrupted', 'Deleting', async () => {
    await engine.call('run.delete', { id, unfinished: true });
    return true;
  });
  if (deleted) {
    forgetTelemetry(id);
    await sweepData();
  }
  await listRuns();
}

async function follow(
  id: string,
  name: string,
  config: RunConfig,
  resume: boolean,
  recoveries: number,
): Promise<boolean> {
  try {
    const report = await engine.call(
      'run.start',
      { id, name, config, resume },
      { onEvent: (event) => receive(id, event) },
    );
    if (!report) {
      dispatchRun({ type: 'clear' });
      forgetTelemetry(id);
      return false;
    }
    dispatchRun({ type: 'event', id, event: { type: 'done', report } });
    forgetTelemetry(id);
    await Promise.all([openRun(id), listRuns()]);
    return true;
  } catch (thrown) {
    const error = toErrorData(thrown);
    const run = runStore.getState();
    const lost = isLoss(error);
    if (lost && isUnderWay(run) && run.cancelling) {
      await throwAway(id, error);
      return false;
    }
    const steering = lost && recoveries < MAX_RECOVERIES ? recover(error) : null;
    if (steering) {
      const end = follow(id, name, config, true, recoveries + 1);
      // The fresh worker has the run by now; it is told what had been asked of the one before.
      if (steering.stopping) void control(id, 'stop');
      else if (steering.paused) void control(id, 'pause');
      return end;
    }
    dispatchRun({ type: 'event', id, event: { type: 'failed', error } });
    // In another tab the run goes on; only whoever came with it knows more.
    if (error.code !== 'open-elsewhere') await findInterrupted();
    if (error.code === 'run-finished') await listRuns();
    return false;
  }
}

/** For a run that was cancelled when what it ran on went away: only its files are left to end. */
async function throwAway(id: string, error: ErrorData): Promise<void> {
  endWorker(error);
  try {
    await engine.call('run.delete', { id, unfinished: true });
    dispatchRun({ type: 'clear' });
    forgetTelemetry(id);
  } catch (thrown) {
    dispatchRun({ type: 'event', id, event: { type: 'failed', error: toErrorData(thrown) } });
    await findInterrupted();
    await listRuns();
  }
}

/** Puts the run back to its last checkpoint and says so. Null, with nothing done, when there is none. */
function recover(error: ErrorData): Steering | null {
  const run = runStore.getState();
  if (!isUnderWay(run)) return null;
  const { id, name, config, telemetry, paused, stopping, cancelling } = run;
  const step = telemetry.checkpointStep;
  if (step === null) return null;
  const cause = endWorker(error);
  const message = `${cause} Your run goes on from step ${step}.`;
  const earlier = {
    ...telemetry,
    warnings: [...telemetry.warnings, { code: 'recovered', step, message }],
  };
  const steering = { paused, stopping, cancelling };
  dispatchRun({ type: 'start', id, name, config, earlier, steering });
  return steering;
}

function receive(id: string, event: RunEvent): void {
  // The call's result carries the report, and its rejection the error; both are handled there, once.
  if (event.type === 'done' || event.type === 'failed') return;
  dispatchRun({ type: 'event', id, event });
  if (event.type === 'plan') tookPlace(event.backend);
  const run = runStore.getState();
  if (event.type === 'checkpoint' && run.status === 'running') keepTelemetry(id, run.telemetry);
}

export function pause(): Promise<void> {
  return controlRun('pause', { type: 'paused', paused: true });
}

export function resume(): Promise<void> {
  return controlRun('resume', { type: 'paused', paused: false });
}

/** Stops training, keeps the best weights and goes on to the test. */
export function stop(): Promise<void> {
  return controlRun('stop', { type: 'stopping' });
}

/** Ends the run and throws it away. */
export function cancel(): Promise<void> {
  return controlRun('cancel', { type: 'cancelling' });
}

/** The wish is on record before the worker hears it: should the worker die first, `follow` passes it on. */
async function controlRun(
  action: 'pause' | 'resume' | 'stop' | 'cancel',
  wish: Extract<RunAction, { type: 'paused' | 'stopping' | 'cancelling' }>,
): Promise<void> {
  const run = runStore.getState();
  if (!isUnderWay(run)) return;
  dispatchRun(wish);
  await control(run.id, action);
}

/**
 * A control fails only with its worker. The run's own call then fails, too, and is started again with what the store
 * says was asked of it, or tells its end; here is nothing to add. A run that has just ended takes a control in silence.
 */
async function control(id: string, action: 'pause' | 'resume' | 'stop' | 'cancel'): Promise<void> {
  try {
    await engine.call('run.control', { id, action });
  } catch {
    // See above.
  }
}

/** Puts a finished or failed run aside, so that the Train screen offers a new one. */
export function clearRun(): void {
  if (!isUnderWay(runStore.getState())) dispatchRun({ type: 'clear' });
}

/** Sortable by time and unique enough for one browser: 20260413-142501-k3f9. */
function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${crypto.randomUUID().slice(0, 4)}`;
}
