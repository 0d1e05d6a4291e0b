/** Finished runs: list, open, rename, delete, ask, describe, export, save and bring in. */
import type { RunReport } from '../../engine/core/report';
import type { Result } from '../../workers/protocol';
import { attempt } from '../activity';
import { engine } from '../client';
import { download } from '../download';
import { projectStore } from '../project';
import { runsStore } from '../runs';
import { forgetTelemetry } from '../telemetry';
import { sweepData } from './data';

export async function listRuns(): Promise<void> {
  const list = await attempt('runs', 'Looking for runs', () => engine.call('run.list', null));
  if (list) runsStore.setState({ list });
}

/** Looks for a run that was interrupted, to offer to go on with it. */
export async function findInterrupted(): Promise<void> {
  try {
    runsStore.setState({ interrupted: await engine.call('run.interrupted', null) });
  } catch {
    // Without an answer there is nothing to offer; the list of runs reports what is wrong.
  }
}

/** Opens a saved run in Compare and Export. */
export async function openRun(id: string): Promise<boolean> {
  const { opened } = runsStore.getState();
  runsStore.setState({ openedId: id, preview: null, ...(opened?.report.id === id ? {} : { opened: null }) });
  const found = await attempt('open-run', 'Opening the run', () => engine.call('run.open', { id }));
  if (found) runsStore.setState({ opened: found });
  return found !== null;
}

/** The reports of several runs, without opening them; null after an error (shown under 'overlay'). */
export function readRuns(ids: readonly string[]): Promise<RunReport[] | null> {
  return attempt('overlay', 'Reading the runs', () =>
    Promise.all(ids.map(async (id) => (await engine.call('run.open', { id })).report)),
  );
}

/** After a reload: the run that stood open. */
export async function restoreOpenedRun(): Promise<void> {
  const { openedId, opened } = runsStore.getState();
  if (openedId && !opened) await openRun(openedId);
}

export async function renameRun(id: string, name: string): Promise<void> {
  const trimmed = name.trim().slice(0, 120);
  if (trimmed === '') return;
  const renamed = await attempt('runs', 'Renaming', async () => {
    await engine.call('run.rename', { id, name: trimmed });
    return true;
  });
  // Listing anew would wipe the error away.
  if (!renamed) return;
  runsStore.setState(({ opened }) =>
    opened?.report.id === id ? { opened: { ...opened, report: { ...opened.report, name: trimmed } } } : {},
  );
  await listRuns();
}

export async function deleteRun(id: string): Promise<void> {
  const deleted = await attempt('runs', 'Deleting', async () => {
    await engine.call('run.delete', { id });
    return true;
  });
  if (!deleted) return;
  forgetTelemetry(id);
  runsStore.setState(({ openedId, opened, preview, interrupted }) => ({
    ...(openedId === id ? { openedId: null, opened: null, preview: null } : { openedId, opened, preview }),
    interrupted: interrupted?.id === id ? null : interrupted,
  }));
  await sweepData();
  await listRuns();
}

/** Both models' answer to a text; null after an error (shown under 'predict') or when a newer text replaced it. */
export function predict(id: string, text: string): Promise<Result<'run.predict'> | null> {
  return attempt('predict', 'Reading', (context) =>
    engine.call('run.predict', { id, text }, { signal: context.signal }),
  );
}

/** Measures *before* again with other label descriptions, and keeps them for the next run. */
export async function describeLabels(id: string, descriptions: Record<string, string>): Promise<boolean> {
  const result = await attempt('describe', 'Measuring again', (context) =>
    engine.call('run.describe', { id, descriptions }, context),
  );
  if (!result) return false;
  runsStore.setState({ opened: result });
  if (projectStore.getState().summary?.hash === result.report.config.data.hash) {
    projectStore.setState({ descriptions });
  }
  return true;
}

export async function previewExport(id: string): Promise<void> {
  const preview = await attempt('export-preview', 'Preparing', () => engine.call('export.preview', { id }));
  if (preview) runsStore.setState({ preview });
}

/** Builds the zip and hands it to the browser. True when it was handed over. */
export async function downloadExport(id: string): Promise<boolean> {
  const built = await attempt('export', 'Packing', (context) => engine.call('export.build', { id }, context));
  if (built) download(built.name, built.bytes);
  return built !== null;
}

/** A run as one file that any Hone can open. */
export async function saveRun(id: string): Promise<boolean> {
  const saved = await attempt('run-file', 'Packing', () => engine.call('run.save', { id }));
  if (saved) download(saved.name, saved.bytes);
  return saved !== null;
}

export async function importRun(file: File): Promise<string | null> {
  const summary = await attempt('run-file', 'Reading', (context) =>
    engine.call('run.import', { file }, context),
  );
  if (summary) await listRuns();
  return summary?.id ?? null;
}
