/**
 * ModernBERT (Warner et al. 2024; names and maths as in transformers' modeling_modernbert.py): layer norms without bias
 * before attention and feed-forward block, rotary positions, most layers see a window around each token, GeGLU.
 *
 * Its stock head is classifier(LN(gelu(dense(pooled)))), dense and LN without bias. With dense = 0.1·I, GELU stays so
 * near its middle that it is almost a line, and the features are s·LN(gelu(0.1·pooled)).
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { attention, gated, gelu, layerNorm, rotate, type Weight } from '../backend/ops';
import type { WeightRole } from '../core/modelShape';
import type { FloatTensor } from '../core/safetensors';
import { embedTexts } from './blocks';
import { checkHeads, honeEntry, poolingOf, readConfig, size } from './config';
import type { Encoder, Family, Forward, Told, WeightSpec } from './family';
import { pool } from './pooling';
import { angleTables, longestText, turnsOf } from './rotary';
import { shapeOf } from './shape';
import { scaledIdentity } from './stock';

const WORDS = 'embeddings.tok_embeddings.weight';
/** Layer norms have no bias: they share one that is 0. */
const ZERO = 'zero';
const INNER_SCALE = 0.1;

const angleEntry = z.looseObject({
  rope_theta: z.number().positive().optional(),
  rope_type: z.string().optional(),
});
const modernbertConfig = z.looseObject({
  hidden_size: size(16_384),
  num_hidden_layers: size(200),
  num_attention_heads: size(256),
  intermediate_size: size(131_072),
  vocab_size: size(2_000_000, 2),
  max_position_embeddings: size(1_000_000, 8),
  norm_eps: z.number().positive().default(1e-5),
  hidden_activation: z.literal('gelu').default('gelu'),
  attention_bias: z.literal(false).default(false),
  mlp_bias: z.literal(false).default(false),
  norm_bias: z.literal(false).default(false),
  classifier_bias: z.literal(false).default(false),
  classifier_activation: z.literal('gelu').default('gelu'),
  /** Tokens that a local layer's window spans. */
  local_attention: size(1_000_000, 2).default(128),
  global_attn_every_n_layers: size(200).default(3),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).optional(),
  global_rope_theta: z.number().positive().default(160_000),
  local_rope_theta: z.number().positive().nullish(),
  rope_parameters: z
    .looseObject({ full_attention: angleEntry.nullish(), sliding_attention: angleEntry.nullish() })
    .nullish(),
  hone: honeEntry,
});
type Config = z.infer<typeof modernbertConfig>;

export const modernbertFamily: Family = {
  id: 'modernbert',
  fromConfig(raw, told) {
    const hint = 'Hone runs ModernBERT encoders without biases, with GELU and rotary positions.';
    const config = readConfig(modernbertConfig, raw, hint);
    checkHeads(['hidden_size', config.hidden_size], ['num_attention_heads', config.num_attention_heads]);
    return modernbertEncoder(config, told);
  },
};

type Kind = 'full' | 'sliding';
const tableName = (kind: Kind, part: 'cos' | 'sin'): string => `rotary.${kind}.${part}`;

function turns(config: Config, kind: Kind, headSize: number): number[] {
  const theta =
    kind === 'full' ? config.global_rope_theta : (config.local_rope_theta ?? config.global_rope_theta);
  const given = config.rope_parameters?.[`${kind}_attention`];
  return turnsOf({ rope_theta: theta, rope_parameters: given }, headSize);
}

function modernbertEncoder(config: Config, told: Told | undefined): Encoder {
  const {
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    norm_eps: epsilon,
  } = config;
  const headSize = width / heads;
  const { pooling, featureScale } = poolingOf(config.hone, told);
  const positions = longestText(config.max_position_embeddings);
  const weights = weightsOf(config);
  const slides = (layer: number): boolean =>
    config.layer_types
      ? config.layer_types[layer] === 'sliding_attention'
      : layer % config.global_attn_every_n_layers !== 0;
  const norm = (forward: Forward, name: string, x: tf.Tensor2D): tf.Tensor2D =>
    layerNorm(
      x,
      forward.weight(`${name}.weight`) as Weight<tf.Tensor1D>,
      forward.weight(ZERO) as Weight<tf.Tensor1D>,
      epsilon,
    );

  return {
    shape: shapeOf(
      {
        ...{ layers, width, heads, kvHeads: heads, headSize, positions, classifierBias: true },
        ...{ feedForward: config.intermediate_size, vocabulary: config.vocab_size },
      },
      weights,
    ),
    weights,
    tables: new Map<string, FloatTensor>([
      [ZERO, { shape: [width], data: new Float32Array(width) }],
      ...(['full', 'sliding'] as const).flatMap((kind) =>
        angleTables(turns(config, kind, headSize), positions, (part) => tableName(kind, part)),
      ),
    ]),
    words: WORDS,
    layerPath: 'layers',
    pooling,
    featureScale,
    stock: {
      architecture: 'ModernBertForSequenceClassification',
      prefix: 'model.',
      config: { classifier_pooling: pooling },
      layers,
      fixed: [
        {
          name: 'head.dense.weight',
          shape: [width, width],
          values: () => scaledIdentity(width, INNER_SCALE),
        },
        {
          name: 'head.norm.weight',
          shape: [width],
          values: () => new Float32Array(width).fill(featureScale),
        },
      ],
      classifier: { module: 'classifier', shift: 0 },
      saved: ['classifier'],
      takesPrompt: true,
      takesPrefix: false,
    },

    embed(forward, batch) {
      const words = forward.weight(WORDS) as Weight<tf.Tensor2D>;
      return forward.dropout(
        norm(
          forward,
          'embeddings.norm',
          embedTexts(forward, () => ({ words }), batch),
        ),
      );
    },

    layer(forward, index, hidden, { rows, length, mask }) {
      const path = `layers.${index}`;
      const kind: Kind = slides(index) ? 'sliding' : 'full';
      // The first layer takes the embeddings as they are normed already.
      const x = index === 0 ? hidden : norm(forward, `${path}.attn_norm`, hidden);
      const made = forward.linear(`${path}.attn.Wqkv`, x); // [B·T, 3D]
      const [q, k, v] = tf.split(made, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const angles = {
        cos: forward.weight(tableName(kind, 'cos')).value as tf.Tensor2D,
        sin: forward.weight(tableName(kind, 'sin')).value as tf.Tensor2D,
      };
      const reach = kind === 'sliding' ? Math.floor(config.local_attention / 2) : Number.POSITIVE_INFINITY;
      const mixed = attention(
        { q: rotate(q, angles, length), k: rotate(k, angles, length), v, mask },
        { rows, length, heads, before: reach, after: reach },
        forward.nextDropout(),
      );
      const attended = forward.linear(`${path}.attn.Wo`, mixed, { residual: hidden });
      const both = forward.linear(`${path}.mlp.Wi`, norm(forward, `${path}.mlp_norm`, attended)); // [B·T, 2F]
      const state = forward.linear(`${path}.mlp.Wo`, forward.dropout(gated(both, null, 'gelu')), {
        residual: attended,
      });
      return index === layers - 1 ? norm(forward, 'final_norm', state) : state;
    },

    pool: (hidden, batch) => pool(pooling, hidden, batch),
    features(pooled) {
      const scale = { value: tf.fill([width], featureScale) as tf.Tensor1D, trainable: false };
      const zero = { value: tf.zeros([width]) as tf.Tensor1D, trainable: false };
      return layerNorm(gelu(tf.mul(pooled, INNER_SCALE)), scale, zero, epsilon);
    },
  };
}

function weightsOf({
  hidden_size: d,
  intermediate_size: f,
  num_hidden_layers: layers,
  vocab_size: vocabulary,
}: Config): WeightSpec[] {
  const norm = (name: string, layer: number): WeightSpec => ({
    name: `${name}.weight`,
    kind: 'norm',
    shape: [d],
    layer,
  });
  const perLayer = (layer: number): WeightSpec[] => {
    const path = `layers.${layer}`;
    const linear = (name: string, role: WeightRole, outputs: number, inputs: number): WeightSpec => ({
      name: `${path}.${name}.weight`,
      kind: 'linear',
      shape: [outputs, inputs],
      layer,
      role,
    });
    return [
      ...(layer === 0 ? [] : [norm(`${path}.attn_norm`, layer)]),
      linear('attn.Wqkv', 'query-key-value', 3 * d, d),
      linear('attn.Wo', 'attention-output', d, d),
      norm(`${path}.mlp_norm`, layer),
      linear('mlp.Wi', 'gate-up', 2 * f, d),
      linear('mlp.Wo', 'down', d, f),
    ];
  };
  return [
    { name: WORDS, kind: 'embedding', shape: [vocabulary, d], layer: -1, alsoNamed: ['decoder.weight'] },
    norm('embeddings.norm', -1),
    ...Array.from({ length: layers }, (_, layer) => perLayer(layer)).flat(),
    norm('final_norm', layers - 1),
  ];
}
