/**
 * BERT encoders (Devlin et al. 2018; names and maths as in transformers' modeling_bert.py): post-layer-norm,
 * learned positions, exact GELU. H heads, d = D/H.
 *
 * The classifier reads tanh(α · LN(pool(h))): mean-pooled sentence encoders keep their quality, and the form can
 * be written exactly as a stock BertForSequenceClassification (see docs/decisions and export/merged).
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import {
  attention,
  embedding,
  layerNorm,
  maskedMean,
  prefixedAttention,
  prepend,
  type Tables,
  type Weight,
} from '../backend/ops';
import { EngineError } from '../core/errors';
import type { TokenBatch } from '../text/batches';
import type { Encoder, Family, FamilyConfig, Forward, VirtualTokens, WeightSpec } from './family';

const FEATURE_EPSILON = 1e-12;

const bertConfig = z.looseObject({
  model_type: z.literal('bert'),
  hidden_size: z.number().int().min(1).max(8192),
  num_hidden_layers: z.number().int().min(1).max(200),
  num_attention_heads: z.number().int().min(1).max(256),
  intermediate_size: z.number().int().min(1).max(65_536),
  vocab_size: z.number().int().min(2).max(2_000_000),
  max_position_embeddings: z.number().int().min(8).max(65_536),
  type_vocab_size: z.number().int().min(1).max(16).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: z.literal('gelu').default('gelu'),
  position_embedding_type: z.literal('absolute').optional(),
  hone: z
    .looseObject({ pooling: z.enum(['mean', 'cls']).default('mean'), pooler_scale: z.number().positive() })
    .default({ pooling: 'mean', pooler_scale: 0.5 }),
});
type BertConfig = z.infer<typeof bertConfig>;

export const bertFamily: Family = {
  id: 'bert',
  fromConfig(raw) {
    const parsed = bertConfig.safeParse(raw);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new EngineError({
        code: 'bad-model-config',
        message: `config.json: ${issue?.path.join('.') || 'the file'} — ${issue?.message ?? 'not a BERT config'}.`,
        hint: 'Hone runs BERT encoders with learned positions and GELU.',
      });
    }
    if (parsed.data.hidden_size % parsed.data.num_attention_heads !== 0) {
      throw new EngineError({
        code: 'bad-model-config',
        message: `config.json: hidden_size ${parsed.data.hidden_size} is not a multiple of num_attention_heads ${parsed.data.num_attention_heads}.`,
        hint: 'The file is damaged or not a BERT config.',
      });
    }
    return bertEncoder(parsed.data);
  },
};

function bertEncoder(config: BertConfig): Encoder & FamilyConfig {
  const heads = config.num_attention_heads;
  const width = config.hidden_size;
  const epsilon = config.layer_norm_eps;
  const { pooling, pooler_scale: poolerScale } = config.hone;

  const norm = (forward: Forward, name: string, x: tf.Tensor2D, residual?: tf.Tensor2D): tf.Tensor2D =>
    layerNorm(
      x,
      forward.weight(`${name}.weight`) as Weight<tf.Tensor1D>,
      forward.weight(`${name}.bias`) as Weight<tf.Tensor1D>,
      epsilon,
      residual,
    );

  return {
    pooling,
    poolerScale,
    shape: {
      layers: config.num_hidden_layers,
      width,
      heads,
      feedForward: config.intermediate_size,
      vocabulary: config.vocab_size,
      positions: config.max_position_embeddings,
    },
    weights: weightSpecs(config),

    embed(forward, { rows, length, ids }) {
      const { virtual } = forward;
      const table = (name: string): Weight<tf.Tensor2D> =>
        forward.weight(`embeddings.${name}.weight`) as Weight<tf.Tensor2D>;
      const tables: Tables = {
        words: table('word_embeddings'),
        positions: table('position_embeddings'),
        segments: table('token_type_embeddings'),
      };
      const placed = virtual
        ? behind(virtual, tables, { rows, length, ids })
        : embedding(tables, ids, length);
      return forward.dropout(norm(forward, 'embeddings.LayerNorm', placed));
    },

    layer(forward, index, hidden, { rows, length, mask }) {
      const name = `encoder.layer.${index}`;
      const part = (which: string): tf.Tensor2D => forward.linear(`${name}.attention.self.${which}`, hidden);
      const made = { q: part('query'), k: part('key'), v: part('value') };
      const prefix = forward.virtual?.kind === 'prefix' ? forward.virtual : null;
      const own = prefix?.layers[index];
      const mixed = own
        ? prefixedAttention(
            made,
            { ...own, mask: prefix.mask },
            { rows, length, heads },
            forward.nextDropout(),
          )
        : attention({ ...made, mask }, { rows, length, heads }, forward.nextDropout());
      const attended = forward.dropout(forward.linear(`${name}.attention.output.dense`, mixed));
      const first = norm(forward, `${name}.attention.output.LayerNorm`, attended, hidden);
      const wide = forward.linear(`${name}.intermediate.dense`, first, { gelu: true }); // [B·T, F]
      const narrow = forward.dropout(forward.linear(`${name}.output.dense`, wide));
      return norm(forward, `${name}.output.LayerNorm`, narrow, first);
    },

    pool(hidden, { rows, length, mask }) {
      if (pooling === 'mean') return maskedMean(hidden, mask, { rows, length });
      const tokens = tf.reshape(hidden, [rows, length, width]);
      return tf.reshape(tf.slice(tokens, [0, 0, 0], [rows, 1, width]), [rows, width]);
    },

    features(pooled) {
      const one = { value: tf.ones([width]) as tf.Tensor1D, trainable: false };
      const zero = { value: tf.zeros([width]) as tf.Tensor1D, trainable: false };
      return tf.tanh(tf.mul(layerNorm(pooled, one, zero, FEATURE_EPSILON), poolerScale));
    },
  };
}

/** Embeddings of texts that stand behind virtual tokens, and of a prompt itself. */
function behind(
  virtual: VirtualTokens,
  tables: Tables,
  { rows, length, ids }: Pick<TokenBatch, 'rows' | 'length' | 'ids'>,
): tf.Tensor2D {
  const { count } = virtual;
  const { value, trainable } = tables.positions as Weight<tf.Tensor2D>;
  const positions = { value: tf.slice(value, [count, 0], [length, value.shape[1]]), trainable };
  const texts = embedding({ ...tables, positions }, ids, length);
  if (virtual.kind === 'prefix') return texts;
  const prompt = embedding({ ...tables, words: virtual.words }, tf.range(0, count, 1, 'int32'), count);
  return prepend(prompt, texts, rows);
}

function weightSpecs(config: BertConfig): WeightSpec[] {
  const d = config.hidden_size;
  const f = config.intermediate_size;
  const specs: WeightSpec[] = [];
  const norm = (name: string, layer: number): void => {
    specs.push({ name: `${name}.weight`, kind: 'norm', shape: [d], layer });
    specs.push({ name: `${name}.bias`, kind: 'norm', shape: [d], layer });
  };
  const linear = (name: string, outputs: number, inputs: number, layer: number): void => {
    specs.push({ name: `${name}.weight`, kind: 'linear', shape: [outputs, inputs], layer });
    specs.push({ name: `${name}.bias`, kind: 'bias', shape: [outputs], layer });
  };
  const table = (name: string, rows: number): void => {
    specs.push({ name: `embeddings.${name}.weight`, kind: 'embedding', shape: [rows, d], layer: -1 });
  };
  table('word_embeddings', config.vocab_size);
  table('position_embeddings', config.max_position_embeddings);
  table('token_type_embeddings', config.type_vocab_size);
  norm('embeddings.LayerNorm', -1);
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const name = `encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, d, d, i);
    linear(`${name}.attention.output.dense`, d, d, i);
    norm(`${name}.attention.output.LayerNorm`, i);
    linear(`${name}.intermediate.dense`, f, d, i);
    linear(`${name}.output.dense`, d, f, i);
    norm(`${name}.output.LayerNorm`, i);
  }
  return specs;
}
