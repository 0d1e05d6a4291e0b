/**
 * A workshop as a link: which data, which arms with which settings, and what the room may change. The whole of it
 * stands in the address after '#', which no server sees; nothing in it is code, and all of it is checked.
 */
import { z } from 'zod';
import {
  columnRolesSchema,
  fixSchema,
  importOptionsSchema,
  settingsRecord,
  splitSettingsSchema,
} from './config';
import { EngineError } from './errors';
import { armChoiceSchema, situationSchema, studyConfigSchema } from './study';

/** Longer than any link that Hone makes, shorter than what an address bar or a chat refuses. */
const MAX_LINK = 12_000;

const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sample'), id: z.string().max(100) }),
  z.strictObject({
    kind: z.literal('url'),
    url: z.url({ protocol: /^https?$/ }).max(2000),
    /** Hex SHA-256 of the bytes, when the one who made the link wants everybody on the same ones. */
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
]);

export const workshopSchema = z.strictObject({
  version: z.literal(1),
  /** Shown above the study. */
  title: z.string().max(120).default(''),
  source: sourceSchema,
  roles: columnRolesSchema.optional(),
  /** How the bytes are read, where that is not as detected. */
  options: importOptionsSchema.partial().default({}),
  fixes: z.array(fixSchema).max(50).default([]),
  split: splitSettingsSchema.optional(),
  limit: studyConfigSchema.shape.data.shape.limit,
  perClass: studyConfigSchema.shape.data.shape.perClass,
  arms: z.array(armChoiceSchema).min(1).max(40),
  reference: z.string(),
  training: settingsRecord.default({}),
  curve: studyConfigSchema.shape.curve,
  /** Absent: as they come with the sample. */
  descriptions: z.record(z.string(), z.string()).optional(),
  examples: studyConfigSchema.shape.examples,
  pricePerMillion: studyConfigSchema.shape.pricePerMillion,
  situation: situationSchema.nullable().default(null),
  /** What the room may touch. */
  show: z
    .strictObject({
      /** Arms and their settings. */
      setup: z.boolean(),
      /** Descriptions and examples. */
      prompts: z.boolean(),
      /** The questions behind the advice, and the price. */
      questions: z.boolean(),
      /** The way to the other screens. */
      journey: z.boolean(),
    })
    .default({ setup: false, prompts: true, questions: true, journey: false }),
});
export type Workshop = z.infer<typeof workshopSchema>;

/** URL-safe base64 of the JSON (RFC 4648, section 5). */
export function encodeWorkshop(workshop: Workshop): string {
  const bytes = new TextEncoder().encode(JSON.stringify(workshop));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const text = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  if (text.length <= MAX_LINK) return text;
  throw new EngineError({
    code: 'bad-workshop',
    message: 'This workshop is too long for a link.',
    hint: 'Shorten the label descriptions and examples.',
  });
}

/** @throws bad-workshop naming the field that is wrong */
export function decodeWorkshop(text: string): Workshop {
  if (text.length > MAX_LINK) throw badWorkshop('it is too long');
  let value: unknown;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    value = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))));
  } catch {
    throw badWorkshop('it was cut or changed on its way');
  }
  const parsed = workshopSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badWorkshop(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'invalid'}`);
}

export function badWorkshop(what: string): EngineError {
  return new EngineError({
    code: 'bad-workshop',
    message: `This workshop link cannot be used: ${what}.`,
    hint: 'Ask for the link again, and copy the whole of it.',
  });
}
