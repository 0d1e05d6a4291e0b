/** What a hub has to offer under a name, as the page is told it and as a download is planned by it. */
import { z } from 'zod';
import { errorDataSchema } from './errors';

const fileSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  hash: z.object({ kind: z.enum(['sha256', 'git']), hex: z.string() }),
});

export const offerSchema = z.object({
  address: z.string(),
  repo: z.string(),
  commit: z.string(),
  gated: z.boolean(),
  licence: z.string().nullable(),
  languages: z.array(z.string()),
  family: z.string().nullable(),
  parameters: z.number().nullable(),
  /** The files that would be downloaded. */
  files: z.array(fileSchema),
  bytes: z.number(),
  /** What reading it takes here; null where that cannot be said. */
  fit: z.object({ fit: z.enum(['fits', 'tight', 'does-not-fit']), peakBytes: z.number() }).nullable(),
  /** Why it cannot be had or used here; null when it can. */
  refusal: errorDataSchema.nullable(),
});
export type ModelOffer = z.infer<typeof offerSchema>;
