/**
 * Checkpoints that survive a crash: payload first, then a small record that names it and its hash. The last two
 * are kept; a damaged one falls back to the one before.
 */
import { z } from 'zod';
import { sha256 } from '../core/hash';
import { float32Entry, readFloat32, readSafetensors, writeSafetensors } from '../core/safetensors';
import type { Storage } from '../core/storage';
import type { TrainSnapshot } from './train';

const slots = ['a', 'b'] as const;

const recordSchema = z.object({
  version: z.literal(1),
  sha256: z.string(),
  /** Later wins. */
  serial: z.number(),
  state: z.object({
    step: z.number(),
    checkedStep: z.number(),
    bestStep: z.number(),
    /** JSON has no infinity. */
    bestLoss: z.number().nullable(),
    bestAccuracy: z.number(),
    checksWithoutGain: z.number(),
    lossSum: z.number(),
    lossCount: z.number(),
    stoppedEarly: z.boolean(),
  }),
  totalSteps: z.number(),
  /** What the caller keeps beside it (history, verdicts). */
  extra: z.unknown(),
});
type Record = z.infer<typeof recordSchema>;

export interface RestoredCheckpoint {
  snapshot: TrainSnapshot;
  extra: unknown;
  /** Plain words when one of the two was damaged. */
  warning: string | null;
}

/** @throws storage-full */
export async function saveCheckpoint(
  storage: Storage,
  folder: string,
  snapshot: TrainSnapshot,
  totalSteps: number,
  extra: unknown,
): Promise<void> {
  const [newest] = (await readRecords(storage, folder)).records;
  const slot = newest?.slot === 'a' ? 'b' : 'a';
  const payload = writeSafetensors(
    new Map([...snapshot.tensors].map(([name, { shape, data }]) => [name, float32Entry(shape, data)])),
  );
  const record: Record = {
    version: 1,
    sha256: await sha256(payload),
    serial: (newest?.record.serial ?? 0) + 1,
    state: {
      ...snapshot.state,
      bestLoss: Number.isFinite(snapshot.state.bestLoss) ? snapshot.state.bestLoss : null,
    },
    totalSteps,
    extra,
  };
  await storage.write(`${folder}/checkpoint-${slot}.safetensors`, payload);
  await storage.write(`${folder}/checkpoint-${slot}.json`, new TextEncoder().encode(JSON.stringify(record)));
}

/** The newest whole checkpoint, or null when there is none that can be used. */
export async function loadCheckpoint(storage: Storage, folder: string): Promise<RestoredCheckpoint | null> {
  const { records, unreadable } = await readRecords(storage, folder);
  let damaged = unreadable;
  for (const { slot, record } of records) {
    const payload = await storage.read(`${folder}/checkpoint-${slot}.safetensors`);
    if (!payload || (await sha256(payload)) !== record.sha256) {
      damaged++;
      continue;
    }
    const stored = readSafetensors(payload);
    const tensors = new Map([...stored.keys()].map((name) => [name, readFloat32(stored, name)]));
    const state = { ...record.state, bestLoss: record.state.bestLoss ?? Number.POSITIVE_INFINITY };
    const warning =
      damaged === 0
        ? null
        : `A saved checkpoint was damaged; the run goes on from the whole one, at step ${state.step}.`;
    return { snapshot: { state, tensors }, extra: record.extra, warning };
  }
  return null;
}

/** Step and total of the newest record, for lists; does not read weights. */
export async function checkpointProgress(
  storage: Storage,
  folder: string,
): Promise<{ step: number; totalSteps: number } | null> {
  const [newest] = (await readRecords(storage, folder)).records;
  return newest ? { step: newest.record.state.step, totalSteps: newest.record.totalSteps } : null;
}

export async function removeCheckpoints(storage: Storage, folder: string): Promise<void> {
  for (const slot of slots) {
    await storage.remove(`${folder}/checkpoint-${slot}.json`);
    await storage.remove(`${folder}/checkpoint-${slot}.safetensors`);
  }
}

/** Newest first. */
async function readRecords(
  storage: Storage,
  folder: string,
): Promise<{ records: { slot: (typeof slots)[number]; record: Record }[]; unreadable: number }> {
  let unreadable = 0;
  const found: { slot: (typeof slots)[number]; record: Record }[] = [];
  for (const slot of slots) {
    const bytes = await storage.read(`${folder}/checkpoint-${slot}.json`);
    if (!bytes) continue;
    const parsed = recordSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (parsed.success) found.push({ slot, record: parsed.data });
    else unreadable++;
  }
  return { records: found.sort((a, b) => b.record.serial - a.record.serial), unreadable };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
