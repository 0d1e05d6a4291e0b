/** Angles of rotary positions from config.json, in either of transformers' spellings (modeling_rope_utils.py). */
import { z } from 'zod';
import { EngineError } from '../core/errors';
import type { FloatTensor } from '../core/safetensors';

/** Texts are cut at 512 tokens; a prompt before them has its place, too. Models of 131,072 would need 33 MB of angles. */
const MOST_POSITIONS = 1024;

export const longestText = (positions: number): number => Math.min(positions, MOST_POSITIONS);

const scaling = z.discriminatedUnion('rope_type', [
  z.looseObject({ rope_type: z.literal('default') }),
  z.looseObject({ rope_type: z.literal('linear'), factor: z.number().min(1) }),
  /** Differs from the default only in texts longer than the model was trained on. */
  z.looseObject({ rope_type: z.literal('dynamic'), factor: z.number().min(1) }),
  z.looseObject({
    rope_type: z.literal('llama3'),
    factor: z.number().min(1),
    low_freq_factor: z.number().positive(),
    high_freq_factor: z.number().positive(),
    original_max_position_embeddings: z.number().int().min(1),
  }),
]);

const theta = z.number().positive();

/** `rope_parameters` since transformers 5; `rope_theta` and `rope_scaling`, whose type was once called `type`, before. */
export const ropeEntries = {
  rope_theta: theta.optional(),
  rope_scaling: z.looseObject({}).nullish(),
  rope_parameters: z.looseObject({ rope_theta: theta.optional() }).nullish(),
};

interface RopeEntries {
  rope_theta?: number | undefined;
  rope_scaling?: Record<string, unknown> | null | undefined;
  rope_parameters?: Record<string, unknown> | null | undefined;
}

/** Radians from one position to the next for each of d/2 pairs. @throws bad-model-config */
export function turnsOf(config: RopeEntries, headSize: number): number[] {
  const given = config.rope_parameters ?? config.rope_scaling ?? {};
  const base = Number(given.rope_theta ?? config.rope_theta ?? 10_000);
  const parsed = scaling.safeParse({ ...given, rope_type: given.rope_type ?? given.type ?? 'default' });
  if (!parsed.success) {
    throw new EngineError({
      code: 'bad-model-config',
      message: `config.json: rotary positions of type “${String(given.rope_type ?? given.type)}” are not among those that Hone computes.`,
      hint: 'Choose a model with plain, linear or Llama 3 scaling (rope_type default, linear or llama3).',
    });
  }
  const plain = Array.from({ length: headSize / 2 }, (_, i) => base ** ((-2 * i) / headSize));
  const how = parsed.data;
  if (how.rope_type === 'linear') return plain.map((turn) => turn / how.factor);
  return how.rope_type === 'llama3' ? plain.map((turn) => llama3(turn, how)) : plain;
}

/** Llama 3.1's scaling: slow turns are slowed by `factor`, fast ones stay, those between are mixed. */
function llama3(
  turn: number,
  how: {
    factor: number;
    low_freq_factor: number;
    high_freq_factor: number;
    original_max_position_embeddings: number;
  },
): number {
  const rounds = (how.original_max_position_embeddings * turn) / (2 * Math.PI);
  if (rounds < how.low_freq_factor) return turn / how.factor;
  if (rounds > how.high_freq_factor) return turn;
  const share = (rounds - how.low_freq_factor) / (how.high_freq_factor - how.low_freq_factor);
  return ((1 - share) * turn) / how.factor + share * turn;
}

/** cos and sin [P, d/2] of each position's angles, under the names given. */
export function angleTables(
  turns: readonly number[],
  positions: number,
  nameOf: (part: 'cos' | 'sin') => string,
): [string, FloatTensor][] {
  return (['cos', 'sin'] as const).map((part) => [
    nameOf(part),
    {
      shape: [positions, turns.length],
      data: Float32Array.from({ length: positions * turns.length }, (_, i) =>
        Math[part](Math.floor(i / turns.length) * (turns[i % turns.length] as number)),
      ),
    },
  ]);
}
