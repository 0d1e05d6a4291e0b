/** How rows become conversations to learn from: found by itself, shown, and edited by the user. */
import { z } from 'zod';

export const writingShapeSchema = z.discriminatedUnion('kind', [
  /** Each row holds a list of messages with roles. */
  z.strictObject({ kind: z.literal('chat'), column: z.string() }),
  /** Each row is one question and its answer: text with `{{column}}` where the row's cells belong. */
  z.strictObject({
    kind: z.literal('columns'),
    system: z.string().default(''),
    prompt: z.string(),
    completion: z.string(),
  }),
]);
export type WritingShape = z.infer<typeof writingShapeSchema>;
