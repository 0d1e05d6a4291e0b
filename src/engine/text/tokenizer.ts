/** Text → token ids, by the model's own tokenizer.json. */
import { type OpenTokenizer, openTokenizer } from './openTokenizer';

/** A longer text cannot fit any supported length, so only its beginning is tokenized. */
const LONGEST_TEXT_READ = 20_000;

export interface EncodedText {
  /** Ids with the model's special tokens, at most `maxLength`. */
  ids: Int32Array;
  /** Tokens before cutting, special tokens included. */
  fullLength: number;
}

/** Fills up the shorter texts of a batch. */
export interface Padding {
  id: number;
  /** Null where the tokenizer has no token that could stand for it: the mask alone tells it then. */
  token: string | null;
}

export interface TextEncoder {
  padding: Padding;
  /** Cuts at the end and keeps the closing special token, as `transformers` truncates. */
  encode(text: string, maxLength: number): EncodedText;
}

/** @throws bad-tokenizer when the files are not a tokenizer Hone can run. */
export function loadTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): TextEncoder {
  const open = openTokenizer(tokenizerJson, tokenizerConfig);
  const { tokenizer } = open;
  const last = (text: string): number | undefined => tokenizer.encode(text).ids.at(-1);
  // A token that only opens texts, as Llama's, closes none.
  const closing = last('') === last('a') ? last('') : undefined;
  return {
    padding: paddingOf(open, closing),
    encode(text, maxLength) {
      const ids = tokenizer.encode(text.slice(0, LONGEST_TEXT_READ)).ids;
      const fullLength = ids.length;
      if (fullLength > maxLength) {
        ids.length = maxLength;
        if (closing !== undefined) ids[maxLength - 1] = closing;
      }
      return { ids: Int32Array.from(ids), fullLength };
    },
  };
}

/**
 * The tokenizer's own token for padding; without one its end token, as is usual with `transformers`. Not what closes
 * every text: a stock decoder's classifier takes the last token that is no padding for a text's last.
 */
function paddingOf({ tokenizer, specials }: OpenTokenizer, closing: number | undefined): Padding {
  const { pad_token: own, eos_token: end } = specials;
  const special = [...tokenizer.get_added_tokens_decoder().values()].filter(({ special }) => special);
  const names = [own, '[PAD]', '<pad>', end, ...special.map(({ content }) => content)];
  for (const token of names) {
    const id = token ? tokenizer.token_to_id(token) : undefined;
    if (token && id !== undefined && id !== closing) return { id, token };
  }
  return { id: 0, token: null };
}
