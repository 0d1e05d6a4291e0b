/**
 * A soft prompt or a prefix that `peft` opens (PromptTuningConfig, PrefixTuningConfig), with its base beside it.
 * Neither can be merged: they are positions, not weights.
 */
import { EngineError } from '../core/errors';
import {
  float32Entry,
  safetensorsBytes,
  safetensorsParts,
  type TensorEntry,
  type TensorShape,
} from '../core/safetensors';
import { classifySnippet } from './adapter';
import { baseContents, baseFiles } from './beside';
import { type ExportFormat, jsonFile } from './format';
import type { ExportContent, ExportFile, ExportInput, ExportMeta, VirtualSettings } from './input';
import { WEIGHTS_METADATA } from './merged';
import { savedShapes, savedTensors, takeTensor } from './stockModel';

/** peft's name, with no module's path before it. */
const EMBEDDINGS = 'prompt_embeddings';

export const virtualFormat: ExportFormat = {
  id: 'virtual',
  library: 'peft',
  files: (meta) => [weightsFile(meta), configFile(meta), ...baseFiles(meta)],
  contents: (input) => [
    { ...weightsFile(input), parts: safetensorsParts(tensors(input), WEIGHTS_METADATA) },
    configFile(input),
    ...baseContents(input),
  ],
  snippets: (meta) => [classifySnippet(meta)],
};

interface Sizes {
  width: number;
  /** Of the exported model, the appended pooling layer included. */
  layers: number;
  /** Of them learned: the pooling layer's are zeros. */
  trained: number;
  /** Of keys and values, and their values in all: what peft calls the prefix's token. */
  heads: number;
  token: number;
}

function sizesOf({ base }: ExportMeta): Sizes {
  const { width, layers, kvHeads, headSize } = base.shape;
  return { width, layers: base.stock.layers, trained: layers, heads: kvHeads, token: kvHeads * headSize };
}

function settingsOf({ virtual, base }: ExportMeta): VirtualSettings {
  if (virtual && !(virtual.kind === 'prompt' ? base.stock.takesPrompt : base.stock.takesPrefix)) {
    const what = virtual.kind === 'prompt' ? 'soft prompt' : 'prefix of keys and values';
    throw new EngineError({
      code: 'unsupported-export',
      message: `${base.stock.architecture} of transformers takes no ${what} as this model needs it, so nothing could open it.`,
      hint: 'Use the run in Hone, save it as a .hone file, or train an adapter, which can be exported.',
    });
  }
  if (virtual) return virtual;
  throw new EngineError({
    code: 'unsupported-export',
    message: 'This run learned no prompt, so there is none to export.',
    hint: 'Export the whole model instead.',
  });
}

function shapes(meta: ExportMeta): Map<string, TensorShape> {
  const { kind, count } = settingsOf(meta);
  const { width, layers, token } = sizesOf(meta);
  const shape = [count, kind === 'prompt' ? width : 2 * layers * token];
  return new Map<string, TensorShape>([
    ...[...savedShapes(meta)].map(([name, saved]) => [`base_model.${name}`, saved] as const),
    [EMBEDDINGS, { dtype: 'F32', shape }],
  ]);
}

function tensors(input: ExportInput): Map<string, TensorEntry> {
  const { shape = [] } = shapes(input).get(EMBEDDINGS) ?? {};
  return new Map([
    ...[...savedTensors(input, input.tensors)].map(([name, saved]) => [`base_model.${name}`, saved] as const),
    [EMBEDDINGS, float32Entry(shape, embeddings(input))],
  ]);
}

/**
 * The pooling layer gets a prefix of zeros. It attends evenly to whatever is there, so that its mean becomes T/(P+T)
 * of the mean over the text, and the layer norm behind it undoes the factor.
 */
function embeddings(input: ExportInput): Float32Array {
  const { kind, count } = settingsOf(input);
  const { width, layers, trained: learned, token } = sizesOf(input);
  if (kind === 'prompt') return takeTensor(input.tensors, EMBEDDINGS, [count, width]);
  const [own, all] = [2 * learned * token, 2 * layers * token];
  const trained = takeTensor(input.tensors, EMBEDDINGS, [count, own]);
  const padded = new Float32Array(count * all);
  for (let row = 0; row < count; row++) padded.set(trained.subarray(row * own, (row + 1) * own), row * all);
  return padded;
}

function configFile(meta: ExportMeta): ExportContent {
  const { kind, count } = settingsOf(meta);
  const { width, layers, heads, token } = sizesOf(meta);
  const config = {
    peft_type: kind === 'prompt' ? 'PROMPT_TUNING' : 'PREFIX_TUNING',
    task_type: 'SEQ_CLS',
    base_model_name_or_path: 'base',
    inference_mode: true,
    num_virtual_tokens: count,
    num_transformer_submodules: 1,
    token_dim: kind === 'prompt' ? width : token,
    num_attention_heads: kind === 'prompt' ? meta.base.shape.heads : heads,
    num_layers: layers,
    ...(kind === 'prefix' ? { prefix_projection: false, encoder_hidden_size: width } : {}),
  };
  return jsonFile('adapter_config.json', config, 'peft');
}

function weightsFile(meta: ExportMeta): ExportFile {
  return {
    path: 'adapter_model.safetensors',
    bytes: safetensorsBytes(shapes(meta), WEIGHTS_METADATA),
    opensIn: 'peft (with adapter_config.json)',
    compress: false,
  };
}
