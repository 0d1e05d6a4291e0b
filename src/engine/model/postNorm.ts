/**
 * Encoders as BERT's (Devlin et al. 2018; maths as in transformers' modeling_bert.py): learned positions, and layer
 * norm after each residual. BERT, RoBERTa and DistilBERT differ by names, the first position and the stock head.
 * H heads, d = D/H.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { Weight } from '../backend/ops';
import type { Pooling } from '../core/modelShape';
import type { TokenBatch } from '../text/batches';
import { type ActivationName, activated } from './activation';
import { attend, embedTexts, namedNorm, normWeights } from './blocks';
import type { Encoder, Forward, WeightSpec } from './family';
import { pool } from './pooling';
import { rowsOf } from './positions';
import { shapeOf } from './shape';
import { poolingLayer, type StockForm } from './stock';

const ROLES = ['query', 'key', 'value', 'attention-output', 'up', 'down'] as const;

/** Names as the family's stock model has them. */
export interface PostNormNames {
  words: string;
  positions: string;
  /** Null where texts have no segments. */
  segments: string | null;
  norm: string;
  layerPath: string;
  /** Modules of a layer, below its number. */
  linears: Readonly<Record<(typeof ROLES)[number], string>>;
  attentionNorm: string;
  outputNorm: string;
}

interface PostNormModel {
  names: PostNormNames;
  layers: number;
  width: number;
  heads: number;
  feedForward: number;
  vocabulary: number;
  /** Rows of the position table; texts begin at row `firstPosition`. */
  positionRows: number;
  firstPosition: number;
  segmentRows: number;
  epsilon: number;
  activation: ActivationName;
  pooling: Exclude<Pooling, 'last'>;
  featureScale: number;
  /** Whole names under which a language model's output matrix may hold the word embeddings. */
  tied: readonly string[];
  features: Encoder['features'];
  stock: Omit<StockForm, 'layers'>;
}

export function postNormEncoder(model: PostNormModel): Encoder {
  const { names, heads, width, layers, firstPosition, pooling, stock } = model;
  const weights = [
    ...embeddingWeights(model),
    ...Array.from({ length: layers }, (_, layer) => layerWeights(model, layer)).flat(),
  ];
  const norm = (forward: Forward, name: string, x: tf.Tensor2D, residual?: tf.Tensor2D): tf.Tensor2D =>
    namedNorm(forward, name, model.epsilon, x, residual);

  return {
    shape: shapeOf(
      {
        layers,
        width,
        heads,
        kvHeads: heads,
        headSize: width / heads,
        feedForward: model.feedForward,
        vocabulary: model.vocabulary,
        positions: model.positionRows - firstPosition,
        classifierBias: true,
      },
      weights,
    ),
    weights,
    words: `${names.words}.weight`,
    layerPath: names.layerPath,
    pooling,
    featureScale: model.featureScale,
    stock: { ...stock, layers: layers + 1, fixed: [...appended(model), ...stock.fixed] },

    embed(forward, batch) {
      const table = (name: string): Weight<tf.Tensor2D> =>
        forward.weight(`${name}.weight`) as Weight<tf.Tensor2D>;
      const tablesFrom = (first: number, count: number) => ({
        words: table(names.words),
        positions: rowsOf(table(names.positions), firstPosition + first, count),
        ...(names.segments === null ? {} : { segments: table(names.segments) }),
      });
      return forward.dropout(norm(forward, names.norm, embedTexts(forward, tablesFrom, batch)));
    },

    layer(forward, index, hidden, { rows, length, mask }) {
      const name = `${names.layerPath}.${index}`;
      const module = (role: (typeof ROLES)[number]): string => `${name}.${names.linears[role]}`;
      const part = (role: 'query' | 'key' | 'value'): tf.Tensor2D => forward.linear(module(role), hidden);
      const made = { q: part('query'), k: part('key'), v: part('value'), mask };
      const mixed = attend(forward, index, made, { rows, length, heads }, forward.nextDropout());
      const attended = forward.dropout(forward.linear(module('attention-output'), mixed));
      const first = norm(forward, `${name}.${names.attentionNorm}`, attended, hidden);
      const wide = activated(forward, module('up'), first, model.activation); // [B·T, F]
      const narrow = forward.dropout(forward.linear(module('down'), wide));
      return norm(forward, `${name}.${names.outputNorm}`, narrow, first);
    },

    pool: (hidden, batch: TokenBatch) => pool(pooling, hidden, batch),
    features: model.features,
  };
}

function embeddingWeights(model: PostNormModel): WeightSpec[] {
  const { names, width, vocabulary, positionRows, segmentRows, tied } = model;
  const table = (module: string, rows: number): WeightSpec => ({
    name: `${module}.weight`,
    kind: 'embedding',
    shape: [rows, width],
    layer: -1,
  });
  return [
    { ...table(names.words, vocabulary), alsoNamed: tied },
    table(names.positions, positionRows),
    ...(names.segments === null ? [] : [table(names.segments, segmentRows)]),
    ...normWeights(names.norm, width, -1),
  ];
}

function layerWeights({ names, width: d, feedForward: f }: PostNormModel, layer: number): WeightSpec[] {
  const path = `${names.layerPath}.${layer}`;
  const linear = (role: (typeof ROLES)[number], outputs: number, inputs: number): WeightSpec[] => {
    const module = `${path}.${names.linears[role]}`;
    return [
      { name: `${module}.weight`, kind: 'linear', shape: [outputs, inputs], layer, role },
      { name: `${module}.bias`, kind: 'bias', shape: [outputs], layer },
    ];
  };
  return [
    ...linear('query', d, d),
    ...linear('key', d, d),
    ...linear('value', d, d),
    ...linear('attention-output', d, d),
    ...normWeights(`${path}.${names.attentionNorm}`, d, layer),
    ...linear('up', f, d),
    ...linear('down', d, f),
    ...normWeights(`${path}.${names.outputNorm}`, d, layer),
  ];
}

function appended(model: PostNormModel): StockForm['fixed'] {
  const { names, layers, pooling, epsilon, stock } = model;
  const path = `${stock.prefix}${names.layerPath}.${layers}`;
  return poolingLayer(pooling, {
    weights: layerWeights(model, layers).map(({ name, shape }) => ({
      name: `${stock.prefix}${name}`,
      shape,
    })),
    value: `${path}.${names.linears.value}`,
    output: `${path}.${names.linears['attention-output']}`,
    lastNorm: `${path}.${names.outputNorm}`,
    epsilon,
  });
}
