/** The files of what was trained beside a base: its own weights, and the base with which it works offline. */
import {
  type FloatTensor,
  float32Entry,
  safetensorsBytes,
  safetensorsParts,
  type TensorEntry,
  type TensorShape,
} from '../core/safetensors';
import { textFile } from './format';
import type { ExportContent, ExportFile, ExportInput, ExportMeta } from './input';
import { WEIGHTS_METADATA } from './merged';
import { stockConfig, stockShapes, stockTensors, takeTensor } from './stockBert';
import { tokenizerFiles } from './tokenizerFiles';

const BASE_FOLDER = 'base/';
const CLASSIFIER = ['classifier.weight', 'classifier.bias'];

export interface WeightsFile {
  path: string;
  opensIn: string;
  /** Stands before every weight's name. */
  prefix: string;
}

/** Added weights and classifier with their names in the stock model: it wraps the encoder as `bert`. */
function ownShapes(meta: ExportMeta): { own: string; name: string; shape: readonly number[] }[] {
  const added = (meta.adapter?.added ?? []).map(({ name, shape }) => ({
    own: name,
    name: `bert.${name}`,
    shape,
  }));
  const classifier = CLASSIFIER.map((name) => ({
    own: name,
    name,
    shape: stockShapes(meta).get(name)?.shape ?? [],
  }));
  return [...added, ...classifier];
}

export function adapterFile(meta: ExportMeta, { path, opensIn, prefix }: WeightsFile): ExportFile {
  const shapes = new Map<string, TensorShape>(
    ownShapes(meta).map(({ name, shape }) => [`${prefix}${name}`, { dtype: 'F32', shape }]),
  );
  return { path, opensIn, bytes: safetensorsBytes(shapes, WEIGHTS_METADATA), compress: false };
}

/** @throws missing-weights */
export function adapterContent(input: ExportInput, file: WeightsFile): ExportContent {
  const entries = new Map<string, TensorEntry>(
    ownShapes(input).map(({ own, name, shape }) => [
      `${file.prefix}${name}`,
      float32Entry(shape, takeTensor(input.tensors, own, shape)),
    ]),
  );
  return { ...adapterFile(input, file), parts: safetensorsParts(entries, WEIGHTS_METADATA) };
}

export function baseFiles(meta: ExportMeta): ExportFile[] {
  return [baseWeightsFile(meta), ...smallBaseFiles(meta)];
}

/** @throws missing-weights */
export function baseContents(input: ExportInput): ExportContent[] {
  const parts = safetensorsParts(baseTensors(input, input.tensors), WEIGHTS_METADATA);
  return [{ ...baseWeightsFile(input), parts }, ...smallBaseFiles(input)];
}

/** The base with a classifier of zeros, which the adapter's replaces. */
function baseTensors(meta: ExportMeta, tensors: ReadonlyMap<string, FloatTensor>): Map<string, TensorEntry> {
  const untrained = new Map(tensors);
  for (const name of CLASSIFIER) {
    const shape = stockShapes(meta).get(name)?.shape ?? [];
    untrained.set(name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
  }
  return stockTensors(meta, untrained);
}

function baseWeightsFile(meta: ExportMeta): ExportFile {
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
