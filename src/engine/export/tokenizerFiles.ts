/** The base's tokenizer, set to cut texts where training cut them. */
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { textFile } from './format';
import type { ExportContent, ExportMeta } from './input';

const tokenizerConfigSchema = z.looseObject({});

/** `tokenizer.json` unchanged and `tokenizer_config.json` with the run's length limit. @throws bad-model-config */
export function tokenizerFiles({ base, maxLength }: ExportMeta, folder = ''): ExportContent[] {
  let config: z.infer<typeof tokenizerConfigSchema>;
  try {
    config = tokenizerConfigSchema.parse(JSON.parse(base.tokenizerConfig));
  } catch (cause) {
    throw new EngineError(
      {
        code: 'bad-model-config',
        message: `tokenizer_config.json of ${base.name} is not a JSON object.`,
        hint: 'Choose the model again; its files may have been cut short.',
      },
      { cause },
    );
  }
  const limited = { ...config, model_max_length: maxLength };
  return [
    textFile(`${folder}tokenizer.json`, base.tokenizer, 'tokenizers, transformers'),
    textFile(`${folder}tokenizer_config.json`, `${JSON.stringify(limited, null, 2)}\n`, 'transformers'),
  ];
}
