/** Saved studies: list, open, state anew, rename, delete. */
import type { Situation, StudyReport } from '../../engine/core/study';
import type { Params } from '../../workers/protocol';
import { attempt } from '../activity';
import { engine } from '../client';
import { download } from '../download';
import { studiesStore } from '../studies';
import { studySetupStore } from '../studySetup';
import { sweepData } from './data';
import { listRuns } from './runs';

export async function listStudies(): Promise<void> {
  const list = await attempt('studies', 'Looking for studies', () => engine.call('study.list', null));
  if (list) studiesStore.setState({ list });
}

/** Looks for a study that was interrupted, to offer to go on with it. */
export async function findInterruptedStudy(): Promise<void> {
  try {
    studiesStore.setState({ interrupted: await engine.call('study.interrupted', null) });
  } catch {
    // Without an answer there is nothing to offer; the list of studies reports what is wrong.
  }
}

export async function openStudy(id: string): Promise<boolean> {
  const { opened } = studiesStore.getState();
  studiesStore.setState({ openedId: id, ...(opened?.report.id === id ? {} : { opened: null }) });
  const found = await attempt('open-study', 'Opening the study', () => engine.call('study.open', { id }));
  // Something else was opened, or all was closed, while this one was read.
  if (!found?.report || studiesStore.getState().openedId !== id) return false;
  studiesStore.setState({ opened: { report: found.report, rows: found.rows } });
  return true;
}

/** After a reload: the study that stood open. */
export async function restoreOpenedStudy(): Promise<void> {
  const { openedId, opened } = studiesStore.getState();
  if (openedId && !opened) await openStudy(openedId);
}

/** While a study is under way: its answers so far, once another arm has given its own. */
export async function loadStudyRows(report: StudyReport): Promise<void> {
  const { opened } = studiesStore.getState();
  const answered = (one: StudyReport): number =>
    one.arms.filter(({ status }) => status === 'finished').length;
  const known = opened?.report.id === report.id ? opened : null;
  studiesStore.setState({ openedId: report.id, opened: { report, rows: known?.rows ?? null } });
  if (known && answered(known.report) === answered(report) && known.rows) return;
  try {
    const { rows } = await engine.call('study.open', { id: report.id });
    studiesStore.setState(({ opened: now }) =>
      now?.report.id === report.id ? { opened: { ...now, rows } } : {},
    );
  } catch {
    // They come with the next arm; the table stands without them.
  }
}

export interface Restatement {
  reference?: string;
  pricePerMillion?: number;
  situation?: Situation | null;
}

/** Another reference, price or situation for the study that stands open: the figures and the advice follow. */
export async function restateStudy(changes: Restatement): Promise<void> {
  const { opened } = studiesStore.getState();
  if (!opened) return;
  const { id, config } = opened.report;
  const asked = {
    reference: changes.reference ?? config.reference,
    pricePerMillion: changes.pricePerMillion ?? config.pricePerMillion,
    situation: changes.situation === undefined ? config.situation : changes.situation,
  };
  // The next study asks with the same words.
  studySetupStore.setState(asked);
  const show = (report: StudyReport): void => {
    studiesStore.setState(({ opened: now }) => (now?.report.id === id ? { opened: { ...now, report } } : {}));
  };
  show({ ...opened.report, config: { ...config, ...asked } });
  const report = await attempt('restate', 'Comparing anew', () =>
    engine.call('study.restate', { id, ...asked }),
  );
  if (report) show(report);
}

export async function renameStudy(id: string, name: string): Promise<void> {
  const trimmed = name.trim().slice(0, 120);
  if (trimmed === '') return;
  const renamed = await attempt('studies', 'Renaming', async () => {
    await engine.call('study.rename', { id, name: trimmed });
    return true;
  });
  // Listing anew would wipe the error away.
  if (!renamed) return;
  studiesStore.setState(({ opened }) =>
    opened?.report.id === id ? { opened: { ...opened, report: { ...opened.report, name: trimmed } } } : {},
  );
  await listStudies();
}

/** With the runs that were tuned in it when `runs` is set. */
export async function deleteStudy(id: string, runs: boolean): Promise<void> {
  const deleted = await attempt('studies', 'Deleting', async () => {
    await engine.call('study.delete', { id, runs });
    return true;
  });
  if (!deleted) return;
  studiesStore.setState(({ openedId, opened, interrupted }) => ({
    ...(openedId === id ? { openedId: null, opened: null } : { openedId, opened }),
    interrupted: interrupted?.id === id ? null : interrupted,
  }));
  await sweepData();
  await Promise.all([listStudies(), listRuns()]);
}

export type StudyFile = Params<'study.export'>['kind'];

/** Hands a study to the browser as a file: a page, a table of answers, or everything. */
export async function saveStudy(id: string, kind: StudyFile): Promise<void> {
  const file = await attempt('study-file', 'Writing the file', () =>
    engine.call('study.export', { id, kind }),
  );
  if (file) download(file.name, file.bytes);
}
