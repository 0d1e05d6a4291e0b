/** What the user does with data: open, read differently, choose columns, repair, split. */
import type { ColumnRoles, Fix, ImportOptions, SplitSettings } from '../../engine/core/config';
import { EngineError } from '../../engine/core/errors';
import type { DataSource, DataSummary, Result, RowsView } from '../../workers/protocol';
import { abortArea, activityStore, attempt } from '../activity';
import { engine } from '../client';
import { machineStore } from '../machine';
import { dataInUse, EMPTY_PROJECT, maxLengthOf, type Project, projectStore } from '../project';
import { loadModels } from './machine';

export function openFile(file: File): Promise<void> {
  return open({ kind: 'file', file, name: file.name });
}

export function openText(text: string): Promise<void> {
  return open({ kind: 'text', text, name: 'Pasted rows' });
}

export function openSample(id: string): Promise<void> {
  return open({ kind: 'sample', id }, { sample: id });
}

async function open(source: DataSource, choices: DataChoices = {}): Promise<void> {
  if (await openData(source, choices)) await checkData();
}

/** What is already known of the data when it is opened; the rest is as for a new file. */
export type DataChoices = Partial<
  Pick<Project, 'sample' | 'importChanges' | 'roles' | 'fixes' | 'split' | 'sampling' | 'descriptions'>
>;

/** Opens data in place of what was open, without checking it; true when it now stands open. */
export async function openData(source: DataSource, choices: DataChoices): Promise<boolean> {
  const { sample = null, importChanges = {}, roles = null } = choices;
  const summary = await attempt('data', 'Reading', async (context) => {
    const options = Object.keys(importChanges).length > 0 ? importChanges : null;
    const opened = await engine.call('data.open', { source, options }, context);
    assertColumns(opened, roles, 'Ask for a link to the file as it is now.');
    return opened;
  });
  if (!summary) return false;
  // What was chosen for the model and the method outlives the file; what was chosen for its rows does not.
  const { model, methodId, methodSettings, trainingSettings, backend, baselines, visited } =
    projectStore.getState();
  projectStore.setState(
    {
      ...EMPTY_PROJECT,
      ...{ model, methodId, methodSettings, trainingSettings, backend, baselines, visited },
      descriptions: labelDescriptionsOf(sample),
      ...choices,
      ...{ summary, roles: roles ?? summary.guess.roles, rolesChosen: roles !== null },
    },
    true,
  );
  return true;
}

/** What comes with a sample; nothing for other data. */
export function labelDescriptionsOf(sample: string | null): Record<string, string> {
  return machineStore.getState().samples?.find(({ id }) => id === sample)?.labelDescriptions ?? {};
}

/** @throws columns-missing */
export function assertColumns({ name, columns }: DataSummary, roles: ColumnRoles | null, hint: string): void {
  const missing = [roles?.text, roles?.label].filter(
    (column) => column !== undefined && !columns.includes(column),
  );
  if (missing.length === 0) return;
  throw new EngineError({
    code: 'columns-missing',
    message: `“${name}” has no column “${missing.join('”, “')}”. It has: ${columns.join(', ')}.`,
    hint,
  });
}

/** Stops reading; the file that was open before stays. */
export function cancelOpening(): void {
  abortArea('data');
}

/** Reads the same bytes again with other options; null for a key goes back to what is detected. */
export async function changeImport(
  changes: {
    [K in keyof ImportOptions]?: ImportOptions[K] | null;
  },
): Promise<void> {
  const { summary, importChanges } = projectStore.getState();
  if (!summary) return;
  const merged = Object.fromEntries(
    Object.entries({ ...importChanges, ...changes }).filter(([, value]) => value !== null),
  ) as Partial<ImportOptions>;
  const source: DataSource = { kind: 'saved', hash: summary.hash, name: summary.name };
  const fresh = await attempt('data', 'Reading again', (context) =>
    engine.call('data.open', { source, options: merged }, context),
  );
  if (!fresh) return;
  projectStore.setState((project) => ({ ...adopt(project, fresh), importChanges: merged, fixes: [] }));
  await checkData();
}

/** Roles stay where the columns still exist; else they are guessed anew. */
function adopt(project: Project, summary: DataSummary): Partial<Project> {
  const { roles } = project;
  const holds = roles && summary.columns.includes(roles.text) && summary.columns.includes(roles.label);
  return holds
    ? { summary, report: null }
    : { summary, report: null, roles: summary.guess.roles, rolesChosen: false };
}

/** After a reload: opens the kept file again, so that its rows are at hand. A file the user is opening comes first. */
export async function restoreData(): Promise<void> {
  const { summary, importChanges, testFile } = projectStore.getState();
  if (!summary || activityStore.getState().data?.status === 'busy') return;
  const opened = await attempt('data', 'Opening your file again', async (context) => {
    const source: DataSource = { kind: 'saved', hash: summary.hash, name: summary.name };
    const main = await engine.call('data.open', { source, options: importChanges }, context);
    if (testFile) {
      const saved: DataSource = { kind: 'saved', hash: testFile.hash, name: testFile.name };
      await engine.call('data.open', { source: saved, options: testFile.options }, context);
    }
    return main;
  });
  if (!opened) return;
  projectStore.setState((project) => adopt(project, opened));
  await checkData();
}

export async function chooseRoles(roles: ColumnRoles): Promise<void> {
  projectStore.setState({ roles, rolesChosen: true, fixes: [], descriptions: {} });
  await checkData();
}

export async function applyFix(fix: Fix): Promise<void> {
  projectStore.setState(({ fixes }) => ({ fixes: [...fixes, fix] }));
  await checkData();
}

export async function undoFix(fix: Fix): Promise<void> {
  projectStore.setState(({ fixes }) => ({
    fixes: fixes.filter(({ finding, action }) => finding !== fix.finding || action !== fix.action),
  }));
  await checkData();
}

export async function setSplit(change: Partial<SplitSettings>): Promise<void> {
  projectStore.setState(({ split }) => ({ split: { ...split, ...change } }));
  await checkData();
}

/** An official test file; it must have the chosen columns. */
export async function addTestFile(file: File): Promise<void> {
  const summary = await attempt('test-file', 'Reading the test file', async (context) => {
    const source: DataSource = { kind: 'file', file, name: file.name };
    const opened = await engine.call('data.open', { source, options: null }, context);
    const { roles } = projectStore.getState();
    assertColumns(
      opened,
      roles,
      'The test file needs the same column names as your data. Rename them and choose it again.',
    );
    return opened;
  });
  if (!summary) return;
  const { name, hash, options } = summary;
  projectStore.setState({ testFile: { name, hash, options } });
  await checkData();
}

export async function removeTestFile(): Promise<void> {
  projectStore.setState({ testFile: null });
  await checkData();
}

/** Gives back the room of data files that neither the project nor any run needs. */
export async function sweepData(): Promise<void> {
  try {
    await engine.call('data.sweep', { keep: dataInUse() });
  } catch {
    // Nothing the user asked for has failed; the next sweep tries again.
  }
}

/** Checks the rows as they are now to be used; a newer check replaces an older one. */
export async function checkData(): Promise<void> {
  if (!projectStore.getState().model) await loadModels();
  const project = projectStore.getState();
  const { summary, roles, model } = project;
  if (!summary || !roles || !model) {
    projectStore.setState({ report: null });
    return;
  }
  const report = await attempt('check', 'Checking the rows', (context) =>
    engine.call(
      'data.check',
      {
        hash: summary.hash,
        roles,
        fixes: project.fixes,
        split: project.split,
        ...project.sampling,
        testHash: project.testFile?.hash ?? null,
        model: model.id,
        maxLength: maxLengthOf(project),
      },
      context,
    ),
  );
  if (report) projectStore.setState({ report });
  // What an earlier check found is not true of the rows as they are to be used now.
  else if (activityStore.getState().check?.status === 'failed') projectStore.setState({ report: null });
}

/** A window of rows for the table. @throws EngineError */
export function readRows(
  view: RowsView,
  start: number,
  count: number,
  signal: AbortSignal,
): Promise<Result<'data.rows'>> {
  const hash = projectStore.getState().summary?.hash ?? '';
  return engine.call('data.rows', { hash, view, start, count }, { signal });
}

/** A window of rejected rows. @throws EngineError */
export function readRejected(start: number, count: number): Promise<Result<'data.rejected'>> {
  const hash = projectStore.getState().summary?.hash ?? '';
  return engine.call('data.rejected', { hash, start, count });
}
