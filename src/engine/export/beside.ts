/** The files of what was trained beside a base: its own weights, and the base with which it works offline. */
import {
  type FloatTensor,
  float32Entry,
  safetensorsBytes,
  safetensorsParts,
  type TensorEntry,
  type TensorShape,
} from '../core/safetensors';
import { jsonFile } from './format';
import type { ExportContent, ExportFile, ExportInput, ExportMeta } from './input';
import { WEIGHTS_METADATA } from './merged';
import { savedShapes, savedTensors, stockConfig, stockShapes, stockTensors, takeTensor } from './stockModel';
import { tokenizerFiles } from './tokenizerFiles';

const BASE_FOLDER = 'base/';

export interface WeightsFile {
  path: string;
  opensIn: string;
  /** Stands before every weight's name. */
  prefix: string;
}

/** Added weights by their own names, with those in the stock model, which wraps the encoder. */
function addedShapes({
  adapter,
  base,
}: ExportMeta): { own: string; name: string; shape: readonly number[] }[] {
  return (adapter?.added ?? []).map(({ name, shape }) => ({
    own: name,
    name: `${base.stock.prefix}${name}`,
    shape,
  }));
}

export function adapterFile(meta: ExportMeta, { path, opensIn, prefix }: WeightsFile): ExportFile {
  const shapes = new Map<string, TensorShape>();
  for (const { name, shape } of addedShapes(meta)) shapes.set(`${prefix}${name}`, { dtype: 'F32', shape });
  for (const [name, shape] of savedShapes(meta)) shapes.set(`${prefix}${name}`, shape);
  return { path, opensIn, bytes: safetensorsBytes(shapes, WEIGHTS_METADATA), compress: false };
}

/** @throws missing-weights */
export function adapterContent(input: ExportInput, file: WeightsFile): ExportContent {
  const entries = new Map<string, TensorEntry>();
  for (const { own, name, shape } of addedShapes(input)) {
    entries.set(`${file.prefix}${name}`, float32Entry(shape, takeTensor(input.tensors, own, shape)));
  }
  for (const [name, entry] of savedTensors(input, input.tensors)) entries.set(`${file.prefix}${name}`, entry);
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
  const labels = meta.report.data.classes.length;
  const { width } = meta.base.shape;
  const untrained = new Map(tensors)
    .set('classifier.weight', { shape: [labels, width], data: new Float32Array(labels * width) })
    .set('classifier.bias', { shape: [labels], data: new Float32Array(labels) });
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
  return [
    jsonFile(`${BASE_FOLDER}config.json`, stockConfig(meta), 'transformers'),
    ...tokenizerFiles(meta, BASE_FOLDER),
  ];
}
