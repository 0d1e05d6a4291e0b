/** Into a workshop and out of it, and a look at the file that a link is to name. */
import type { Workshop } from '../../engine/core/workshop';
import type { DataSource } from '../../workers/protocol';
import { attempt } from '../activity';
import { engine } from '../client';
import { projectStore } from '../project';
import { studiesStore } from '../studies';
import { studySetupStore } from '../studySetup';
import { workshopStore } from '../workshop';
import { setupOf } from '../workshopLink';
import { assertColumns, checkData, openData } from './data';
import { loadSamples } from './machine';

/**
 * Opens a workshop's data, asking the site it names, and puts its choices in place of those on the page. Starts
 * nothing. True when the page is in the workshop.
 */
export async function enterWorkshop(workshop: Workshop): Promise<boolean> {
  const { source, roles, options, fixes, split, limit, perClass, descriptions, training } = workshop;
  // Their descriptions of the labels belong to the workshop.
  await loadSamples();
  const opened = await openData(sourceOf(source), {
    sample: source.kind === 'sample' ? source.id : null,
    importChanges: options,
    ...{ fixes, sampling: { limit, perClass } },
    ...(roles ? { roles } : {}),
    ...(split ? { split } : {}),
    ...(descriptions ? { descriptions } : {}),
  });
  if (!opened) return false;
  const { maxLength } = training;
  if (typeof maxLength === 'number') {
    projectStore.setState(({ methodId, trainingSettings }) => ({
      trainingSettings: { ...trainingSettings, [methodId]: { ...trainingSettings[methodId], maxLength } },
    }));
  }
  studySetupStore.setState(setupOf(workshop), true);
  studiesStore.setState({ openedId: null, opened: null });
  workshopStore.setState({ open: workshop });
  void checkData();
  return true;
}

/** Everything is shown again; the data and the choices stay, with all of the rows. */
export async function leaveWorkshop(): Promise<void> {
  workshopStore.setState({ open: null });
  if (Object.values(projectStore.getState().sampling).every((value) => value === undefined)) return;
  projectStore.setState({ sampling: {} });
  await checkData();
}

/** Fetches the file that a link is to name, once: the hash of its bytes; null when it cannot be used. */
export async function lookAtFile(url: string): Promise<{ hash: string; rows: number } | null> {
  return attempt('workshop-file', 'Fetching the file', async (context) => {
    const { importChanges, roles } = projectStore.getState();
    const source: DataSource = { kind: 'url', url, hash: null };
    const opened = await engine.call('data.open', { source, options: importChanges }, context);
    assertColumns(opened, roles, 'A link carries the columns of the data open now: open this file first.');
    return { hash: opened.hash, rows: opened.rows };
  });
}

function sourceOf(source: Workshop['source']): DataSource {
  return source.kind === 'sample' ? source : { ...source, hash: source.hash ?? null };
}
