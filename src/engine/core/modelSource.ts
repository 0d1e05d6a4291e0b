/** Where a model came from. */
import { z } from 'zod';

export const modelSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('built-in') }),
  /** A commit of a repository at a hub's address. */
  z.object({ kind: z.literal('hub'), address: z.string(), repo: z.string(), commit: z.string() }),
  z.object({ kind: z.literal('folder') }),
  z.object({ kind: z.literal('zip') }),
]);
export type ModelSource = z.infer<typeof modelSourceSchema>;
