/** A model's two tokenizer files → the library's tokenizer, which reads them as Python's does. */
import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { asPythonReads } from './tokenizerFile';

export interface OpenTokenizer {
  tokenizer: Tokenizer;
  /** tokenizer_config.json. */
  config: Readonly<Record<string, unknown>>;
  /** Special tokens by their names in tokenizer_config.json: 'pad_token', 'eos_token' and the others it has. */
  specials: Readonly<Record<string, string>>;
}

const fileSchema = z.looseObject({
  model: z.looseObject({ vocab: z.union([z.record(z.string(), z.number()), z.array(z.unknown())]) }),
});
/** A special token's name is written in either form. */
const named = z.union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)]);
const SPECIAL_NAMES = ['bos', 'eos', 'unk', 'pad', 'sep', 'cls', 'mask'].map((name) => `${name}_token`);

/** @throws bad-tokenizer when the files are not a tokenizer Hone can run. */
export function openTokenizer(tokenizerJson: unknown, tokenizerConfig: unknown): OpenTokenizer {
  const file = fileSchema.safeParse(tokenizerJson);
  const config = z.looseObject({}).safeParse(tokenizerConfig);
  if (!file.success || !config.success) {
    throw new EngineError({
      code: 'bad-tokenizer',
      message: 'tokenizer.json is not a tokenizer file Hone can read.',
      hint: 'Use a model saved with a “fast” tokenizer (tokenizer.json).',
    });
  }
  const specials = SPECIAL_NAMES.flatMap((name) => {
    const token = named.safeParse(config.data[name]);
    return token.success ? [[name, token.data]] : [];
  });
  return {
    tokenizer: new Tokenizer(asPythonReads(file.data), config.data),
    config: config.data,
    specials: Object.fromEntries(specials),
  };
}
