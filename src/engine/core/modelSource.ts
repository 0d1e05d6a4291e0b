/** Where a model came from. */
import { z } from 'zod';

/** A commit of a repository at a hub's address. */
export const hubSourceSchema = z.object({
  kind: z.literal('hub'),
  address: z.string(),
  repo: z.string(),
  commit: z.string(),
});

/** A web address: of a zip, or of the folder that the model's files lie in. */
export const urlSourceSchema = z.object({ kind: z.literal('url'), address: z.string(), zip: z.boolean() });

export const modelSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('built-in') }),
  hubSourceSchema,
  urlSourceSchema,
  z.object({ kind: z.literal('folder') }),
  z.object({ kind: z.literal('zip') }),
]);
export type ModelSource = z.infer<typeof modelSourceSchema>;
