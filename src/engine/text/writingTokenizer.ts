/** A model's tokenizer as writing needs it: whole texts to ids and back, its special tokens and its template. */
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { type ChatTemplate, chatTemplate, PLAIN_TEMPLATE, templateOf } from './chatTemplate';

export interface WritingTokenizer {
  /** Special tokens written in the text are read as such; none are added. */
  encode(text: string): number[];
  /** Special tokens are written out, and nothing is tidied. */
  decode(ids: readonly number[]): string;
  /** What ends a text; null when the model names no such token. */
  endId: number | null;
  isSpecial(id: number): boolean;
  /** By their names in tokenizer_config.json: 'bos_token', 'eos_token' and the others it has. */
  specials: Readonly<Record<string, string>>;
  /** The model's own chat template, or Hone's plain one. */
  template: ChatTemplate;
  hasOwnTemplate: boolean;
}

const tokenSchema = z.union([
  z.string(),
  z.looseObject({ content: z.string() }).transform((one) => one.content),
]);
const SPECIAL_NAMES = [
  'bos_token',
  'eos_token',
  'unk_token',
  'pad_token',
  'sep_token',
  'cls_token',
  'mask_token',
];
const tokenizerSchema = z.looseObject({
  model: z.looseObject({}),
  added_tokens: z
    .array(z.looseObject({ id: z.number(), special: z.boolean().default(false) }))
    .nullish()
    .transform((tokens) => tokens ?? []),
});

/** @throws bad-tokenizer, bad-chat-template */
export function loadWritingTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): WritingTokenizer {
  const file = tokenizerSchema.safeParse(tokenizerJson);
  const config = z.looseObject({}).safeParse(tokenizerConfig);
  if (!file.success || !config.success) {
    throw new EngineError({
      code: 'bad-tokenizer',
      message: 'tokenizer.json is not a tokenizer file Hone can read.',
      hint: 'Use a model saved with a “fast” tokenizer (tokenizer.json).',
    });
  }
  const tokenizer = new Tokenizer(file.data, config.data);
  const specials = Object.fromEntries(
    SPECIAL_NAMES.flatMap((name) => {
      const token = tokenSchema.safeParse(config.data[name]);
      return token.success ? [[name, token.data]] : [];
    }),
  );
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const special = new Set(file.data.added_tokens.filter((one) => one.special).map(({ id }) => id));
  const own = templateOf(config.data);
  // The plain template opens a text as the tokenizer itself does.
  const opens = tokenizer.encode('a').ids[0] === tokenizer.token_to_id(specials.bos_token ?? '');
  const { bos_token: _, ...withoutOpening } = specials;
  return {
    encode,
    decode: (ids) =>
      tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    endId: tokenizer.token_to_id(specials.eos_token ?? '') ?? null,
    isSpecial: (id) => special.has(id),
    specials,
    template: chatTemplate(own ?? PLAIN_TEMPLATE, own !== null || opens ? specials : withoutOpening),
    hasOwnTemplate: own !== null,
  };
}
