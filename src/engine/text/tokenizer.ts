/** Text → token ids, by the model's own tokenizer.json. */
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { asPythonReads } from './tokenizerFile';

/** A longer text cannot fit any supported length, so only its beginning is tokenized. */
const LONGEST_TEXT_READ = 20_000;

export interface EncodedText {
  /** Ids with the model's special tokens, at most `maxLength`. */
  ids: Int32Array;
  /** Tokens before cutting, special tokens included. */
  fullLength: number;
}

export interface TextEncoder {
  padId: number;
  /** Cuts at the end and keeps the closing special token, as `transformers` truncates. */
  encode(text: string, maxLength: number): EncodedText;
}

const tokenizerFile = z.looseObject({
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.number()), z.array(z.unknown())]) }),
});

/** @throws bad-tokenizer when the files are not a tokenizer Hone can run. */
export function loadTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): TextEncoder {
  const parsed = tokenizerFile.safeParse(tokenizerJson);
  const config = z.looseObject({}).safeParse(tokenizerConfig);
  if (!parsed.success || !config.success) {
    throw new EngineError({
      code: 'bad-tokenizer',
      message: 'tokenizer.json is not a tokenizer file Hone can read.',
      hint: 'Use a model saved with a “fast” tokenizer (tokenizer.json).',
    });
  }
  const tokenizer = new Tokenizer(asPythonReads(parsed.data), config.data);
  const padId = tokenizer.token_to_id('[PAD]') ?? tokenizer.token_to_id('<pad>') ?? 0;
  const last = (text: string): number | undefined => tokenizer.encode(text).ids.at(-1);
  // A token that only opens texts, as Llama's, closes none.
  const closing = last('') === last('a') ? last('') : undefined;
  return {
    padId,
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
