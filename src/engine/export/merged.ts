/** A whole model: one folder that `transformers` opens by itself. */
import { safetensorsBytes, safetensorsParts } from '../core/safetensors';
import { type ExportFormat, folderName, jsonFile } from './format';
import type { ExportFile, ExportMeta } from './input';
import { stockConfig, stockShapes, stockTensors } from './stockModel';
import { tokenizerFiles } from './tokenizerFiles';

/** transformers refuses weights that do not say which framework wrote them. */
export const WEIGHTS_METADATA = { format: 'pt' };

export const mergedFormat: ExportFormat = {
  id: 'model',
  library: 'transformers',
  files: (meta) => [weightsFile(meta), configFile(meta), ...tokenizerFiles(meta)],
  contents: (input) => [
    {
      ...weightsFile(input),
      parts: safetensorsParts(stockTensors(input, input.tensors), WEIGHTS_METADATA),
    },
    configFile(input),
    ...tokenizerFiles(input),
  ],
  snippets: (meta) => [
    {
      title: 'Classify a text in Python',
      language: 'python',
      code: `# pip install torch transformers
from transformers import pipeline

classify = pipeline("text-classification", model="${folderName(meta)}", truncation=True)
print(classify("Your text here"))
`,
    },
    {
      title: 'All probabilities, many texts',
      language: 'python',
      code: `import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "${folderName(meta)}"
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
batch = tokenizer(["First text", "Second text"], padding=True, truncation=True, return_tensors="pt")
with torch.inference_mode():
    probabilities = model(**batch).logits.softmax(-1)
for row in probabilities:
    print(model.config.id2label[int(row.argmax())], float(row.max()))
`,
    },
  ],
};

function weightsFile(meta: ExportMeta): ExportFile {
  return {
    path: 'model.safetensors',
    bytes: safetensorsBytes(stockShapes(meta), WEIGHTS_METADATA),
    opensIn: 'transformers (with config.json)',
    compress: false,
  };
}

function configFile(meta: ExportMeta) {
  return jsonFile('config.json', stockConfig(meta), 'transformers');
}
