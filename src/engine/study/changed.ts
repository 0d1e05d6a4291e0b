/** What is stored of a study under other settings would be taken for what they are now: it is forgotten. */
import type { Storage } from '../core/storage';
import { type ArmChoice, basisOf, type StudyConfig, sameArm } from '../core/study';
import { runFolder } from '../pipeline/artifacts';
import { armRunId, loadCurve, loadStudyHead, removeKept, saveCurve, studyFolder } from './artifacts';

/**
 * Removes answers, runs with their checkpoints, and curve points of arms that are no longer what they were. The arms
 * that are left out now keep theirs, to be asked again as they were: these are returned.
 */
export async function forgetChanged(storage: Storage, id: string, config: StudyConfig): Promise<ArmChoice[]> {
  const head = await loadStudyHead(storage, id);
  if (!head) return [];
  const otherBasis = basisOf(head.config) !== basisOf(config);
  const before = [...head.config.arms, ...head.dropped];
  const now = new Map(config.arms.map((choice) => [choice.key, choice]));
  const changed = before.filter((choice) => {
    const next = now.get(choice.key);
    return otherBasis || (next !== undefined && !sameArm(choice, next));
  });
  await forget(storage, id, new Set(changed.map(({ key }) => key)));
  return otherBasis ? [] : before.filter(({ key }) => !now.has(key));
}

async function forget(storage: Storage, id: string, keys: ReadonlySet<string>): Promise<void> {
  if (keys.size === 0) return;
  for (const key of keys) {
    await storage.remove(`${studyFolder(id)}/arm-${key}.json`);
    await removeKept(storage, id, key);
    await storage.remove(runFolder(armRunId(id, key)));
  }
  await saveCurve(
    storage,
    id,
    (await loadCurve(storage, id)).filter(({ arm }) => !keys.has(arm)),
  );
}
