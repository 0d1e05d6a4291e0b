/** What is stored of a study under other settings would be taken for what they are now: it is forgotten. */
import type { Storage } from '../core/storage';
import type { ArmChoice, StudyConfig } from '../core/study';
import { runFolder } from '../pipeline/artifacts';
import { armRunId, loadCurve, loadStudyHead, saveCurve, studyFolder } from './artifacts';

/** Everything that an arm's answers follow from, but its own settings. */
function basis({ data, model, training, descriptions, examples, backend }: StudyConfig): string {
  return JSON.stringify([data, model, training, descriptions, examples, backend]);
}

function ownPart({ arm, settings, training }: ArmChoice): string {
  return JSON.stringify([arm, settings, training]);
}

/** Removes answers, runs with their checkpoints, and curve points of arms that are no longer what they were. */
export async function forgetChanged(storage: Storage, id: string, config: StudyConfig): Promise<void> {
  const head = await loadStudyHead(storage, id);
  if (!head) return;
  const otherBasis = basis(head.config) !== basis(config);
  const now = new Map(config.arms.map((choice) => [choice.key, ownPart(choice)]));
  const changed = head.config.arms.filter(
    (choice) => otherBasis || (now.has(choice.key) && now.get(choice.key) !== ownPart(choice)),
  );
  if (changed.length === 0) return;
  const keys = new Set(changed.map(({ key }) => key));
  for (const key of keys) {
    await storage.remove(`${studyFolder(id)}/arm-${key}.json`);
    await storage.remove(runFolder(armRunId(id, key)));
  }
  await saveCurve(
    storage,
    id,
    (await loadCurve(storage, id)).filter(({ arm }) => !keys.has(arm)),
  );
}
