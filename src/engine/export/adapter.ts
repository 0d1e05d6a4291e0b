/**
 * A LoRA adapter that `peft` opens, with its base beside it so that it works offline.
 * Names and settings: peft's `save_pretrained` and `LoraConfig`.
 */

import { EngineError } from '../core/errors';
import {
  type FloatTensor,
  float32Entry,
  safetensorsBytes,
  safetensorsParts,
  type TensorEntry,
  type TensorShape,
} from '../core/safetensors';
import { type ExportFormat, folderName, textFile } from './format';
import type { ExportContent, ExportFile, ExportInput, ExportMeta, LoraSettings, Snippet } from './input';
import { WEIGHTS_METADATA } from './merged';
import { baseShapes, stockConfig, stockShapes, stockTensors, takeTensor } from './stockBert';
import { tokenizerFiles } from './tokenizerFiles';

const BASE_FOLDER = 'base/';

export const adapterFormat: ExportFormat = {
  id: 'adapter',
  library: 'peft',
  files: (meta) => [adapterFile(meta), adapterConfigFile(meta), ...baseFiles(meta)],
  contents: (input) => [
    {
      ...adapterFile(input),
      parts: safetensorsParts(adapterTensors(input, input.tensors), WEIGHTS_METADATA),
    },
    adapterConfigFile(input),
    ...baseContents(input),
  ],
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

function loraOf({ lora }: ExportMeta): LoraSettings {
  if (lora !== null) return lora;
  throw new EngineError({
    code: 'unsupported-export',
    message: 'This run trained no adapter, so there is none to export.',
    hint: 'Export the whole model instead.',
  });
}

/** Module of a layer by LoRA target: `query` stands inside attention.self, the others are paths already. */
function modulePath(target: string): string {
  return ['query', 'key', 'value'].includes(target) ? `attention.self.${target}` : target;
}

function adaptedModules({ layers, targets }: LoraSettings): string[] {
  return layers.flatMap((layer) => targets.map((target) => `encoder.layer.${layer}.${modulePath(target)}`));
}

/** [r, in] and [out, r] for every adapted module, by checkpoint name, from the shapes of the base. */
function loraShapes(meta: ExportMeta): Map<string, number[]> {
  const lora = loraOf(meta);
  const base = baseShapes(meta);
  const shapes = new Map<string, number[]>();
  for (const module of adaptedModules(lora)) {
    const [outputs, inputs] = base.get(`${module}.weight`) ?? [];
    if (outputs === undefined || inputs === undefined) {
      throw new EngineError({
        code: 'missing-weights',
        message: `The adapter names “${module}”, which ${meta.base.name} does not have.`,
        hint: 'The saved run and the model do not belong together. Choose the model that was tuned.',
      });
    }
    shapes.set(`${module}.lora_A.weight`, [lora.rank, inputs]);
    shapes.set(`${module}.lora_B.weight`, [outputs, lora.rank]);
  }
  return shapes;
}

/** Names as `save_pretrained` writes them: the wrapped model's path, the adapter's own name left out. */
function adapterShapes(meta: ExportMeta): Map<string, TensorShape> {
  const shapes = new Map<string, TensorShape>();
  for (const [name, shape] of loraShapes(meta)) {
    shapes.set(`base_model.model.bert.${name}`, { dtype: 'F32', shape });
  }
  const classes = meta.report.data.classes.length;
  const width = stockShapes(meta).get('classifier.weight')?.shape[1] ?? 0;
  shapes.set('base_model.model.classifier.weight', { dtype: 'F32', shape: [classes, width] });
  shapes.set('base_model.model.classifier.bias', { dtype: 'F32', shape: [classes] });
  return shapes;
}

function adapterTensors(
  meta: ExportMeta,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, TensorEntry> {
  const adapter = new Map<string, TensorEntry>();
  for (const [name, { shape }] of adapterShapes(meta)) {
    const own = name.replace(/^base_model\.model\.(bert\.)?/, '');
    adapter.set(name, float32Entry(shape, takeTensor(tensors, own, shape)));
  }
  return adapter;
}

/** The base with a classifier of zeros, which peft replaces by the adapter's (`modules_to_save`). */
function baseTensors(meta: ExportMeta, tensors: ReadonlyMap<string, FloatTensor>): Map<string, TensorEntry> {
  const untrained = new Map(tensors);
  for (const name of ['classifier.weight', 'classifier.bias']) {
    const shape = stockShapes(meta).get(name)?.shape ?? [];
    untrained.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  }
  return stockTensors(meta, untrained);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * `target_modules` as one expression over whole paths: peft matches a list by ending, and `output.dense` would
 * also take `attention.output.dense`. It leaves the appended pooling layer alone.
 */
function targetExpression({ layers, targets }: LoraSettings): string {
  const paths = targets.map((target) => escapeRegExp(modulePath(target)));
  return `bert\\.encoder\\.layer\\.(${layers.join('|')})\\.(${paths.join('|')})`;
}

function adapterConfig(meta: ExportMeta): Record<string, unknown> {
  const lora = loraOf(meta);
  return {
    peft_type: 'LORA',
    task_type: 'SEQ_CLS',
    base_model_name_or_path: 'base',
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    use_rslora: lora.useRslora,
    use_dora: false,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    target_modules: targetExpression(lora),
    modules_to_save: ['classifier'],
  };
}

function adapterFile(meta: ExportMeta): ExportFile {
  return {
    path: 'adapter_model.safetensors',
    bytes: safetensorsBytes(adapterShapes(meta), WEIGHTS_METADATA),
    opensIn: 'peft (with adapter_config.json)',
    compress: false,
  };
}

function adapterConfigFile(meta: ExportMeta): ExportContent {
  return textFile('adapter_config.json', `${JSON.stringify(adapterConfig(meta), null, 2)}\n`, 'peft');
}

/** The base's folder without the content of its weights. */
export function baseFiles(meta: ExportMeta): ExportFile[] {
  return [baseFile(meta), ...smallBaseFiles(meta)];
}

export function baseContents(input: ExportInput): ExportContent[] {
  return [
    { ...baseFile(input), parts: safetensorsParts(baseTensors(input, input.tensors), WEIGHTS_METADATA) },
    ...smallBaseFiles(input),
  ];
}

function baseFile(meta: ExportMeta): ExportFile {
  return {
    path: `${BASE_FOLDER}model.safetensors`,
    bytes: safetensorsBytes(stockShapes(meta), WEIGHTS_METADATA),
    opensIn: 'transformers, as the base of the adapter',
    compress: true,
  };
}

function smallBaseFiles(meta: ExportMeta): ExportContent[] {
  const config = `${JSON.stringify(stockConfig(meta), null, 2)}\n`;
  return [
    textFile(`${BASE_FOLDER}config.json`, config, 'transformers'),
    ...tokenizerFiles(meta, BASE_FOLDER),
  ];
}
