/** A model's tokenizer as writing needs it: whole texts to ids and back, its special tokens and its template. */
import { type ChatTemplate, chatTemplate, PLAIN_TEMPLATE, templateOf } from './chatTemplate';
import { openTokenizer } from './openTokenizer';

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

/** @throws bad-tokenizer, bad-chat-template */
export function loadWritingTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): WritingTokenizer {
  const { tokenizer, config, specials } = openTokenizer(tokenizerJson, tokenizerConfig);
  const encode = (text: string): number[] => tokenizer.encode(text, { add_special_tokens: false }).ids;
  const added = tokenizer.get_added_tokens_decoder();
  const own = templateOf(config);
  // The plain template opens a text as the tokenizer itself does.
  const opens = tokenizer.encode('a').ids[0] === tokenizer.token_to_id(specials.bos_token ?? '');
  const { bos_token: _, ...withoutOpening } = specials;
  return {
    encode,
    decode: (ids) =>
      tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
    endId: tokenizer.token_to_id(specials.eos_token ?? '') ?? null,
    isSpecial: (id) => added.get(id)?.special ?? false,
    specials,
    template: chatTemplate(own ?? PLAIN_TEMPLATE, own !== null || opens ? specials : withoutOpening),
    hasOwnTemplate: own !== null,
  };
}
