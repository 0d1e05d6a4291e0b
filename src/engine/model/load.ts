/** A model's files → weights on the back end, encoder and tokenizer, ready to read or tune. */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { EngineError } from '../core/errors';
import type { Pooling } from '../core/modelShape';
import type { WeightSource } from '../core/weightSource';
import { loadTokenizer, type TextEncoder } from '../text/tokenizer';
import type { Encoder, Told } from './family';
import { familyOf } from './registry';
import { placeWeights } from './weights';

/** The files of a model as they lie on disk. */
export interface ModelFiles {
  /** config.json */
  config: string;
  /** tokenizer.json */
  tokenizer: string;
  /** tokenizer_config.json */
  tokenizerConfig: string;
  /** sentence-transformers' `1_Pooling/config.json`, where there is one. */
  pooling?: string;
  weights: WeightSource;
}

export interface LoadedModel {
  id: string;
  family: string;
  encoder: Encoder;
  tokenizer: TextEncoder;
  /** By the family's names; linear weights are [in, out]. Frozen: nobody but `moveModel` and `disposeModel` may change them. */
  weights: Map<string, tf.Tensor>;
  parameters: number;
  files: Omit<ModelFiles, 'weights'>;
  /** What of the files was passed over, in plain words. */
  notes: readonly string[];
}

/** @throws unsupported-architecture, bad-model-config, bad-tokenizer, bad-safetensors, bad-model-weights */
export async function loadModel(id: string, { weights: source, ...files }: ModelFiles): Promise<LoadedModel> {
  const config = parseJson('config.json', files.config);
  const family = familyOf(config);
  const encoder = family.fromConfig(config, toldBy(files.pooling));
  const tokenizer = loadTokenizer(
    parseJson('tokenizer.json', files.tokenizer),
    parseJson('tokenizer_config.json', files.tokenizerConfig),
  );
  const { weights, unused } = await placeWeights(encoder, source);
  return {
    id,
    family: family.id,
    encoder,
    tokenizer,
    weights,
    parameters: encoder.weights.reduce((sum, { name }) => sum + (weights.get(name)?.size ?? 0), 0),
    files,
    notes: unused.length === 0 ? [] : [unusedNote(unused)],
  };
}

/**
 * Puts a model's weights on the back end now in force, from its files once more: what lies on another one is freed
 * and not read back. @throws bad-safetensors, bad-model-weights, with the old ones left
 */
export async function moveModel(model: LoadedModel, source: WeightSource): Promise<void> {
  const { weights } = await placeWeights(model.encoder, source);
  disposeModel(model);
  for (const [name, tensor] of weights) model.weights.set(name, tensor);
}

export function disposeModel(model: LoadedModel): void {
  tf.dispose([...model.weights.values()]);
}

function unusedNote(names: readonly string[]): string {
  const some = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `Not used, as parts for another task: ${some}${more}.`;
}

const poolingSchema = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_lasttoken: z.boolean().default(false),
});

/** What sentence-transformers says of a model; a mixture of ways is none that Hone has. @throws bad-model-config */
function toldBy(pooling: string | undefined): Told {
  if (pooling === undefined) return {};
  const parsed = poolingSchema.safeParse(parseJson('1_Pooling/config.json', pooling));
  const ways: [Pooling, boolean | undefined][] = [
    ['cls', parsed.data?.pooling_mode_cls_token],
    ['mean', parsed.data?.pooling_mode_mean_tokens],
    ['last', parsed.data?.pooling_mode_lasttoken],
  ];
  const [way, ...others] = ways.flatMap(([name, on]) => (on ? [name] : []));
  if (way && others.length === 0) return { pooling: way };
  throw new EngineError({
    code: 'bad-model-config',
    message:
      '1_Pooling/config.json asks for another way of pooling than the mean, the first or the last token.',
    hint: 'Choose a model that pools in one of these ways.',
  });
}

export function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EngineError(
      {
        code: 'bad-model-config',
        message: `${name} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Download the model again; the file is damaged.',
      },
      { cause: error },
    );
  }
}
