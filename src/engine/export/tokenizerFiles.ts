/** The base's tokenizer, set to cut texts where training cut them, and to be read as its file says. */
import { jsonFile, readJson, textFile } from './format';
import type { ExportContent, ExportMeta } from './input';

/**
 * `tokenizer.json` unchanged. Of `tokenizer_config.json` what Hone's training rests on is named: a class that reads
 * the file as it is (others of transformers 5 build it anew by rules of their own, reference/golden_tokenizers.py), a
 * token for padding, on the right, and no token types. @throws bad-model-config
 */
export function tokenizerFiles({ base, maxLength }: ExportMeta, folder = ''): ExportContent[] {
  const config = {
    ...readJson('tokenizer_config.json', base.tokenizerConfig),
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_input_names: ['input_ids', 'attention_mask'],
    ...(base.padding.token === null ? {} : { pad_token: base.padding.token }),
    padding_side: 'right',
    truncation_side: 'right',
    model_max_length: maxLength,
  };
  return [
    textFile(`${folder}tokenizer.json`, base.tokenizer, 'tokenizers, transformers'),
    jsonFile(`${folder}tokenizer_config.json`, config, 'transformers'),
  ];
}
