/** Sizes of a model, as its family gives them: all that the page and the methods' specs know of it. */
import { z } from 'zod';

/**
 * What a linear weight of a layer does, in every family: attention's four and the feed-forward block's, whose gate
 * only some models have. A setting that names weights names roles.
 */
export const LINEAR_ROLES = ['query', 'key', 'value', 'attention-output', 'gate', 'up', 'down'] as const;
export type LinearRole = (typeof LINEAR_ROLES)[number];

/** Roles that some families keep in one weight: whoever asks for a part gets the whole. */
export const FUSED_ROLES = {
  'query-key-value': ['query', 'key', 'value'],
  'gate-up': ['gate', 'up'],
} as const satisfies Record<string, readonly LinearRole[]>;
export type WeightRole = LinearRole | keyof typeof FUSED_ROLES;
const FUSED = Object.keys(FUSED_ROLES) as (keyof typeof FUSED_ROLES)[];

/** The roles, and the weights that hold them together with others. */
export function withFused(roles: readonly string[]): readonly string[] {
  return [...roles, ...FUSED.filter((fused) => FUSED_ROLES[fused].some((role) => roles.includes(role)))];
}

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
  /** Whether its classifier has a bias: stock classifiers of decoders have none, and so have Hone's. */
  classifierBias: z.boolean(),
  /** Linear weights of a layer, [outputs, inputs]; roles that the family lacks are absent. */
  linears: z.partialRecord(z.enum([...LINEAR_ROLES, ...FUSED]), z.tuple([z.number(), z.number()])),
  /** How many numbers the weights hold. */
  scalars: z.object({ embeddings: scalars, layers: z.array(scalars) }),
});
export type ModelShape = z.infer<typeof modelShapeSchema>;

/** How token vectors become one: their mean, the first token's, or the last token's. */
export type Pooling = 'mean' | 'cls' | 'last';
