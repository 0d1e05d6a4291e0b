/** The run under way: start, hold, stop, and go on after an interruption. */
import { methodSpec } from '../../engine/catalog';
import type { RunConfig } from '../../engine/core/config';
import { type ErrorData, toErrorData } from '../../engine/core/errors';
import type { RunEvent } from '../../engine/core/events';
import { engine } from '../client';
import { projectStore, runConfigOf } from '../project';
import { dispatchRun, forgetTelemetry, keepTelemetry, keptTelemetry, runStore } from '../run';
import { isUnderWay } from '../runReducer';
import { runsStore } from '../runs';
import { findInterrupted, listRuns, openRun } from './runs';

/** The graphics card or the worker went away; the run itself is sound and goes on from its checkpoint. */
const RECOVERABLE = new Set(['device-lost', 'worker-lost']);
const MAX_RECOVERIES = 3;

/** Starts the run that the project describes; resolves when it has ended. True when it finished. */
export async function startRun(): Promise<boolean> {
  const project = projectStore.getState();
  const config = runConfigOf(project);
  if (!config || isUnderWay(runStore.getState())) return false;
  const id = newRunId();
  const stem = config.data.name.replace(/\.[a-z]+$/i, '');
  const name = `${stem} · ${methodSpec(config.method.id).label}`;
  dispatchRun({ type: 'start', id, name, config, earlier: null });
  forgetTelemetry();
  return follow(id, name, config, false, 0);
}

/** Goes on with a run that an earlier session left half-way. */
export async function resumeInterrupted(): Promise<boolean> {
  const { interrupted } = runsStore.getState();
  if (!interrupted || isUnderWay(runStore.getState())) return false;
  const { id, name, config } = interrupted;
  dispatchRun({ type: 'start', id, name, config, earlier: keptTelemetry(id) });
  runsStore.setState({ interrupted: null });
  return follow(id, name, config, true, 0);
}

export async function discardInterrupted(): Promise<void> {
  const { interrupted } = runsStore.getState();
  if (!interrupted) return;
  runsStore.setState({ interrupted: null });
  forgetTelemetry();
  await control(interrupted.id, 'cancel', () => engine.call('run.delete', { id: interrupted.id }));
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
      forgetTelemetry();
      return false;
    }
    dispatchRun({ type: 'event', id, event: { type: 'done', report } });
    forgetTelemetry();
    await Promise.all([openRun(id), listRuns()]);
    return true;
  } catch (thrown) {
    const error = toErrorData(thrown);
    if (recoveries < MAX_RECOVERIES && canRecover(error)) return recover(id, name, config, recoveries, error);
    dispatchRun({ type: 'event', id, event: { type: 'failed', error } });
    await findInterrupted();
    return false;
  }
}

function canRecover({ code }: ErrorData): boolean {
  const run = runStore.getState();
  return RECOVERABLE.has(code) && run.status === 'running' && run.telemetry.checkpointStep !== null;
}

async function recover(
  id: string,
  name: string,
  config: RunConfig,
  recoveries: number,
  error: ErrorData,
): Promise<boolean> {
  const run = runStore.getState();
  const earlier = run.status === 'running' ? run.telemetry : null;
  const step = earlier?.checkpointStep ?? 0;
  const cause =
    error.code === 'device-lost' ? 'The graphics card was reset by the system.' : 'The engine stopped.';
  if (error.code === 'device-lost') engine.restart(cause);
  const message = `${cause} Your run goes on from step ${step}.`;
  const told = earlier && {
    ...earlier,
    warnings: [...earlier.warnings, { code: 'recovered', step, message }],
  };
  dispatchRun({ type: 'start', id, name, config, earlier: told });
  return follow(id, name, config, true, recoveries + 1);
}

function receive(id: string, event: RunEvent): void {
  // The call's result carries the report, and its rejection the error; both are handled there, once.
  if (event.type === 'done' || event.type === 'failed') return;
  dispatchRun({ type: 'event', id, event });
  const run = runStore.getState();
  if (event.type === 'checkpoint' && run.status === 'running') keepTelemetry(id, run.telemetry);
}

export function pause(): Promise<void> {
  return controlRun('pause', () => dispatchRun({ type: 'paused', paused: true }));
}

export function resume(): Promise<void> {
  return controlRun('resume', () => dispatchRun({ type: 'paused', paused: false }));
}

/** Stops training, keeps the best weights and goes on to the test. */
export function stop(): Promise<void> {
  return controlRun('stop', () => dispatchRun({ type: 'stopping' }));
}

/** Ends the run and throws it away. */
export function cancel(): Promise<void> {
  return controlRun('cancel', () => undefined);
}

async function controlRun(
  action: 'pause' | 'resume' | 'stop' | 'cancel',
  accepted: () => void,
): Promise<void> {
  const run = runStore.getState();
  if (run.status !== 'starting' && run.status !== 'running') return;
  await control(run.id, action, async () => accepted());
}

/** A control that fails means that the run has just ended by itself; its outcome says all there is to say. */
async function control(
  id: string,
  action: 'pause' | 'resume' | 'stop' | 'cancel',
  then: () => Promise<unknown>,
): Promise<void> {
  try {
    await engine.call('run.control', { id, action });
  } catch {
    // See above.
  }
  await then();
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
