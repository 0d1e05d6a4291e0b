/**
 * An adapter that `peft` opens, with its base beside it so that it works offline.
 * Names and settings: peft's `save_pretrained` and the configs of its tuners.
 */
import { adapterContent, adapterFile, baseContents, baseFiles, type WeightsFile } from './beside';
import { type ExportFormat, folderName, jsonFile } from './format';
import type { ExportContent, ExportMeta, Snippet } from './input';

/** Names as `save_pretrained` writes them: the wrapped model's path, the adapter's own name left out. */
const WEIGHTS: WeightsFile = {
  path: 'adapter_model.safetensors',
  opensIn: 'peft (with adapter_config.json)',
  prefix: 'base_model.model.',
};

export const adapterFormat: ExportFormat = {
  id: 'adapter',
  library: 'peft',
  files: (meta) => [adapterFile(meta, WEIGHTS), adapterConfigFile(meta), ...baseFiles(meta)],
  contents: (input) => [adapterContent(input, WEIGHTS), adapterConfigFile(input), ...baseContents(input)],
  snippets: (meta) => [
    classifySnippet(meta),
    {
      title: 'Merge the adapter into one model',
      language: 'python',
      code: `merged = model.merge_and_unload()
merged.save_pretrained("${folderName(meta)}-merged")
tokenizer.save_pretrained("${folderName(meta)}-merged")
`,
    },
  ],
};

/** Opens the base and the adapter over it. */
export function classifySnippet(meta: ExportMeta): Snippet {
  return {
    title: 'Classify texts in Python',
    language: 'python',
    code: `# pip install torch transformers peft
import torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "${folderName(meta)}"
tokenizer = AutoTokenizer.from_pretrained(f"{folder}/base")
base = AutoModelForSequenceClassification.from_pretrained(f"{folder}/base")
model = PeftModel.from_pretrained(base, folder).eval()
batch = tokenizer(["First text", "Second text"], padding=True, truncation=True, return_tensors="pt")
with torch.inference_mode():
    probabilities = model(**batch).logits.softmax(-1)
for row in probabilities:
    print(base.config.id2label[int(row.argmax())], float(row.max()))
`,
  };
}

function adapterConfigFile({ adapter, base }: ExportMeta): ExportContent {
  const config = {
    ...adapter?.peft,
    task_type: 'SEQ_CLS',
    base_model_name_or_path: 'base',
    inference_mode: true,
    modules_to_save: base.stock.saved,
  };
  return jsonFile('adapter_config.json', config, 'peft');
}
