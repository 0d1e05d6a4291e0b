/** What a hub or a web address has to offer, as the page is told it and as a download is planned by it. */
import { z } from 'zod';
import { errorDataSchema } from './errors';
import { hubSourceSchema, urlSourceSchema } from './modelSource';

const fileSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  /** What a hub says of the content; null at an address that says nothing. */
  hash: z.object({ kind: z.enum(['sha256', 'git']), hex: z.string() }).nullable(),
  /** `Last-Modified`, where that is all there is to tell two states by; null where there is none. */
  changed: z.string().nullable(),
});

export const offerSchema = z.object({
  source: z.discriminatedUnion('kind', [hubSourceSchema, urlSourceSchema]),
  /** As people know it. */
  name: z.string(),
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
export type OfferedFile = ModelOffer['files'][number];

/** Whether what has arrived of the one is a part of the other. */
export function isSameDownload(a: ModelOffer, b: ModelOffer): boolean {
  const content = ({ source, files }: ModelOffer): string => JSON.stringify([source, files]);
  return content(a) === content(b);
}
