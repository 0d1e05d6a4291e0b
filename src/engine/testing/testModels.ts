/** For the engine's tests in Node: the built-in model from public/, models under a method, rows and settings. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import type { WasmFiles } from '../backend/start';
import { methodDefaults, methodSpec, trainingDefaults } from '../catalog';
import type { Settings } from '../core/fields';
import { inMemory, safetensorsSource } from '../core/weightSource';
import { type LoadedModel, loadModel } from '../model/load';
import type { Rows } from '../training/rows';
import { type TrainingSettings, typedSettings } from '../training/settings';
import { METHOD_LOADERS } from '../tuning/registry';
import type { MethodId } from '../tuning/specs';
import { createTuned, type TunedModel } from '../tuning/tuned';

/** One thread: Node's build of TensorFlow.js has no shared memory. */
export const WASM: WasmFiles = {
  paths: `${resolve('node_modules/@tensorflow/tfjs-backend-wasm/wasm-out')}/`,
  kernels: {
    read: async (variant) => readFileSync(`src/engine/backend/kernels/wasm/build/${variant}.wasm`),
  },
};

export const BUILT_IN = 'public/models/minilm-l6-en';

/** The model that Hone ships. The caller disposes it. */
export async function builtInModel(): Promise<LoadedModel> {
  const read = (name: string): string => readFileSync(`${BUILT_IN}/${name}`, 'utf8');
  return loadModel('minilm-l6-en', {
    config: read('config.json'),
    tokenizer: read('tokenizer.json'),
    tokenizerConfig: read('tokenizer_config.json'),
    weights: await safetensorsSource(inMemory(new Uint8Array(readFileSync(`${BUILT_IN}/model.safetensors`)))),
  });
}

export interface TunedOptions {
  settings?: Settings;
  classes?: number;
  seed?: number;
}

/** A base under a method at its own defaults, save for what is given. The caller disposes it. */
export async function tune(
  base: LoadedModel,
  id: MethodId,
  { settings = {}, classes = 2, seed = 1 }: TunedOptions = {},
): Promise<TunedModel> {
  return createTuned({
    base,
    method: await METHOD_LOADERS[id](),
    spec: methodSpec(id),
    settings: { ...methodDefaults(id), ...settings },
    classes,
    seed,
  });
}

/** A method's default training settings, save for what is given. */
export function trainingOf(id: MethodId, changes: Settings = {}): TrainingSettings {
  return typedSettings({ ...trainingDefaults(id), ...changes });
}

export function rowsOf(
  base: LoadedModel,
  items: readonly { text: string; label: number }[],
  maxLength = 64,
): Rows {
  return {
    texts: items.map(({ text }) => base.tokenizer.encode(text, maxLength)),
    labels: Int32Array.from(items, ({ label }) => label),
    cache: null,
  };
}

/** A tensor's values, and the tensor disposed. */
export function valuesOf(tensor: tf.Tensor): number[] {
  const values = Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

/** The largest absolute difference; infinite when the lengths differ or a value is not a number. */
export function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs((a[i] as number) - (b[i] as number));
    if (!(gap <= most)) most = Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
  }
  return most;
}
