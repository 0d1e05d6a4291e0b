/** Sizes of a model, as its family gives them: all that the page and the methods' specs know of it. */
import { z } from 'zod';

/**
 * What a linear weight of a layer does, in every family: attention's four and the feed-forward block's, whose gate
 * only some models have. A setting that names weights names roles.
 */
export const LINEAR_ROLES = ['query', 'key', 'value', 'attention-output', 'gate', 'up', 'down'] as const;
export type LinearRole = (typeof LINEAR_ROLES)[number];

const scalars = z.object({
  all: z.number(),
  /** Of them in biases, those of layer norms included. */
  biases: z.number(),
});

export const modelShapeSchema = z.object({
  layers: z.number(),
  width: z.number(),
  heads: z.number(),
  /** Heads of keys and values: fewer than `heads` where several queries share one. */
  kvHeads: z.number(),
  headSize: z.number(),
  feedForward: z.number(),
  vocabulary: z.number(),
  /** The longest text in tokens. */
  positions: z.number(),
  /** Linear weights of a layer, [outputs, inputs]; roles that the family lacks are absent. */
  linears: z.partialRecord(z.enum(LINEAR_ROLES), z.tuple([z.number(), z.number()])),
  /** How many numbers the weights hold. */
  scalars: z.object({ embeddings: scalars, layers: z.array(scalars) }),
});
export type ModelShape = z.infer<typeof modelShapeSchema>;

/** How token vectors become one: their mean, the first token's, or the last token's. */
export type Pooling = 'mean' | 'cls' | 'last';
