/** Reading config.json: what every family checks and refuses alike. */
import { z } from 'zod';
import { EngineError } from '../core/errors';
import type { Pooling } from '../core/modelShape';
import { ACTIVATIONS, type ActivationName } from './activation';
import type { Told } from './family';

/** α of the features where config.json has none: costs nothing against cosine features (models/minilm/README.md). */
const FEATURE_SCALE = 0.5;

export const size = (most: number, least = 1) => z.number().int().min(least).max(most);

export const activationName = z.enum(Object.keys(ACTIVATIONS) as [ActivationName, ...ActivationName[]]);

/** Hone's own entry in config.json. */
export const honeEntry = z
  .looseObject({ pooling: z.enum(['mean', 'cls']).optional(), pooler_scale: z.number().positive() })
  .optional();

/** @throws bad-model-config naming the entry, with `hint` saying what the family can be */
export function readConfig<T>(schema: z.ZodType<T>, raw: unknown, hint: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw refused(`${issue?.path.join('.') || 'the file'} — ${issue?.message ?? 'not a model’s config'}`, hint);
}

/** @throws bad-model-config */
export function checkHeads(
  [widthName, width]: [name: string, value: number],
  [headsName, heads]: [name: string, value: number],
): void {
  if (width % heads === 0) return;
  throw refused(
    `${widthName} ${width} is not a multiple of ${headsName} ${heads}`,
    'The file is damaged or of another family.',
  );
}

/** Of an encoder: as Hone's own entry says, else the checkpoint's other files; else the mean. @throws bad-model-config */
export function poolingOf(
  hone: z.infer<typeof honeEntry>,
  told: Told | undefined,
): { pooling: Exclude<Pooling, 'last'>; featureScale: number } {
  const pooling = hone?.pooling ?? told?.pooling ?? 'mean';
  if (pooling === 'last') {
    throw refused(
      'the checkpoint reads texts by their last token',
      'An encoder’s texts are read by the mean or by the first token.',
    );
  }
  return { pooling, featureScale: hone?.pooler_scale ?? FEATURE_SCALE };
}

/** Of a decoder. @throws bad-model-config where the checkpoint's other files say another way than the last token */
export function refusePooling({ pooling = 'last' }: Told = {}): void {
  if (pooling === 'last') return;
  throw refused(
    `the checkpoint reads texts by ${pooling === 'mean' ? 'the mean of their tokens' : 'their first token'}`,
    'A decoder’s texts are read by the last token.',
  );
}

function refused(what: string, hint: string): EngineError {
  return new EngineError({ code: 'bad-model-config', message: `config.json: ${what}.`, hint });
}
