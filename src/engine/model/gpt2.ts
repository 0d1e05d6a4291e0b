/**
 * GPT-2 (Radford et al. 2019; names and maths as in transformers' modeling_gpt2.py): layer norm before attention and
 * before the feed-forward block, learned positions, one weight for queries, keys and values, linear weights stored
 * [in, out]. A text is classified by its last token.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Weight } from '../backend/ops';
import type { WeightRole } from '../core/modelShape';
import { activated } from './activation';
import { attend, embedTexts, namedNorm, normWeights } from './blocks';
import { activationName, checkHeads, readConfig, refusePooling, size } from './config';
import type { Encoder, Family, Forward, WeightSpec } from './family';
import { paddingOf } from './padding';
import { pool } from './pooling';
import { rowsOf } from './positions';
import { shapeOf } from './shape';

const WORDS = 'wte.weight';
const POSITIONS = 'wpe.weight';

const gpt2Config = z.looseObject({
  n_embd: size(16_384),
  n_layer: size(200),
  n_head: size(256),
  n_inner: size(131_072).nullish(),
  vocab_size: size(2_000_000, 2),
  n_positions: size(65_536, 8),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: activationName.default('gelu_new'),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
  pad_token_id: z.number().int().min(0).nullish(),
  eos_token_id: z.number().int().min(0).nullish(),
});

export const gpt2Family: Family = {
  id: 'gpt2',
  fromConfig(raw, told) {
    const config = readConfig(gpt2Config, raw, 'Hone runs GPT-2 decoders with learned positions.');
    checkHeads(['n_embd', config.n_embd], ['n_head', config.n_head]);
    refusePooling(told);
    return gpt2Decoder(config);
  },
};

function gpt2Decoder(config: z.infer<typeof gpt2Config>): Encoder {
  const { n_embd: width, n_layer: layers, n_head: heads, vocab_size: vocabulary } = config;
  const feedForward = config.n_inner ?? 4 * width;
  const weights: WeightSpec[] = [
    { name: WORDS, kind: 'embedding', shape: [vocabulary, width], layer: -1, alsoNamed: ['lm_head.weight'] },
    { name: POSITIONS, kind: 'embedding', shape: [config.n_positions, width], layer: -1 },
    ...Array.from({ length: layers }, (_, layer) => layerWeights(width, feedForward, layer)).flat(),
    ...normWeights('ln_f', width, layers - 1),
  ];
  const norm = (forward: Forward, name: string, x: tf.Tensor2D): tf.Tensor2D =>
    namedNorm(forward, name, config.layer_norm_epsilon, x);
  /** x·W + b, dropped, and the residual: fused where nothing is dropped. */
  const added = (forward: Forward, module: string, x: tf.Tensor2D, residual: tf.Tensor2D): tf.Tensor2D =>
    forward.training
      ? tf.add(forward.dropout(forward.linear(module, x)), residual)
      : forward.linear(module, x, { residual });

  return {
    shape: shapeOf(
      {
        ...{ layers, width, heads, kvHeads: heads, headSize: width / heads, feedForward, vocabulary },
        ...{ positions: config.n_positions, classifierBias: false },
      },
      weights,
    ),
    weights,
    words: WORDS,
    layerPath: 'h',
    pooling: 'last',
    featureScale: 1,
    stock: {
      architecture: 'GPT2ForSequenceClassification',
      prefix: 'transformer.',
      config: paddingOf(config),
      layers,
      fixed: [],
      classifier: { module: 'score', shift: 0 },
      saved: ['score'],
      takesPrompt: false,
      takesPrefix: true,
    },

    embed(forward, batch) {
      const words = forward.weight(WORDS) as Weight<tf.Tensor2D>;
      const positions = forward.weight(POSITIONS) as Weight<tf.Tensor2D>;
      const tablesFrom = (first: number, count: number) => ({
        words,
        positions: rowsOf(positions, first, count),
      });
      return forward.dropout(embedTexts(forward, tablesFrom, batch));
    },

    layer(forward, index, hidden, { rows, length, mask }) {
      const path = `h.${index}`;
      const made = forward.linear(`${path}.attn.c_attn`, norm(forward, `${path}.ln_1`, hidden)); // [B·T, 3D]
      const [q, k, v] = tf.split(made, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const sees = { rows, length, heads, after: 0 };
      const mixed = attend(forward, index, { q, k, v, mask }, sees, forward.nextDropout());
      const attended = added(forward, `${path}.attn.c_proj`, mixed, hidden);
      const x = norm(forward, `${path}.ln_2`, attended);
      const wide = activated(forward, `${path}.mlp.c_fc`, x, config.activation_function); // [B·T, F]
      const state = added(forward, `${path}.mlp.c_proj`, wide, attended);
      return index === layers - 1 ? norm(forward, 'ln_f', state) : state;
    },

    pool: (hidden, batch) => pool('last', hidden, batch),
    features: (pooled) => pooled,
  };
}

function layerWeights(d: number, f: number, layer: number): WeightSpec[] {
  const path = `h.${layer}`;
  const linear = (name: string, role: WeightRole, outputs: number, inputs: number): WeightSpec[] => [
    {
      name: `${path}.${name}.weight`,
      kind: 'linear',
      shape: [outputs, inputs],
      layer,
      role,
      transposed: true,
    },
    { name: `${path}.${name}.bias`, kind: 'bias', shape: [outputs], layer },
  ];
  return [
    ...normWeights(`${path}.ln_1`, d, layer),
    ...linear('attn.c_attn', 'query-key-value', 3 * d, d),
    ...linear('attn.c_proj', 'attention-output', d, d),
    ...normWeights(`${path}.ln_2`, d, layer),
    ...linear('mlp.c_fc', 'up', f, d),
    ...linear('mlp.c_proj', 'down', d, f),
  ];
}
