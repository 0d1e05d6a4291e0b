/** What is known of a stored model: written last, so that a folder with a record is a whole model. */
import { z } from 'zod';
import { modelSourceSchema } from '../engine/core/modelSource';

export const modelRecordSchema = z.object({
  version: z.literal(1),
  /** Names one content: `owner/name@` and the beginning of the revision. */
  id: z.string(),
  /** The hub's commit, or the SHA-256 of the files' own (hex). */
  revision: z.string(),
  name: z.string(),
  source: modelSourceSchema,
  /** As its makers word it; null where nobody said. */
  licence: z.string().nullable(),
  languages: z.array(z.string()),
  family: z.string(),
  parameters: z.number(),
  bytes: z.number(),
  /** ISO 8601. */
  storedAt: z.string(),
  /** `at` is the file's name in storage: paths from elsewhere never become names there. */
  files: z.array(z.object({ path: z.string(), at: z.string(), bytes: z.number(), sha256: z.string() })),
});
export type ModelRecord = z.infer<typeof modelRecordSchema>;
export type StoredFile = ModelRecord['files'][number];

/** Where nobody said. */
export const NO_LICENCE = 'not stated';

/** The id that a run's config names. */
export function modelId(name: string, revision: string): string {
  return `${name}@${revision.slice(0, 8)}`;
}
