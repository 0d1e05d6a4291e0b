/**
 * DistilBERT (Sanh et al. 2019): BERT's encoder under other names, without segments (transformers'
 * modeling_distilbert.py). Its stock head has ReLU where BERT's has tanh, so the classifier reads α·LN(pooled) as it
 * is: no value of a normed vector is beyond √D, and with α·√D added to each, ReLU changes none. docs/decisions/0001.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { activationName, checkHeads, honeEntry, poolingOf, readConfig, size } from './config';
import type { Family } from './family';
import { normed } from './pooling';
import { type PostNormNames, postNormEncoder } from './postNorm';
import { scaledIdentityModule } from './stock';

const distilbertConfig = z.looseObject({
  model_type: z.literal('distilbert'),
  dim: size(8192).default(768),
  n_layers: size(200).default(6),
  n_heads: size(256).default(12),
  hidden_dim: size(65_536).default(3072),
  vocab_size: size(2_000_000, 2).default(30_522),
  max_position_embeddings: size(65_536, 8).default(512),
  activation: activationName.default('gelu'),
  hone: honeEntry,
});

const NAMES: PostNormNames = {
  words: 'embeddings.word_embeddings',
  positions: 'embeddings.position_embeddings',
  segments: null,
  norm: 'embeddings.LayerNorm',
  layerPath: 'transformer.layer',
  linears: {
    query: 'attention.q_lin',
    key: 'attention.k_lin',
    value: 'attention.v_lin',
    'attention-output': 'attention.out_lin',
    up: 'ffn.lin1',
    down: 'ffn.lin2',
  },
  attentionNorm: 'sa_layer_norm',
  outputNorm: 'output_layer_norm',
};

export const distilbertFamily: Family = {
  id: 'distilbert',
  fromConfig(raw, told) {
    const hint = 'Hone runs DistilBERT encoders with GELU or ReLU.';
    const config = readConfig(distilbertConfig, raw, hint);
    checkHeads(['dim', config.dim], ['n_heads', config.n_heads]);
    const { pooling, featureScale } = poolingOf(config.hone, told);
    const shift = featureScale * Math.sqrt(config.dim);
    return postNormEncoder({
      names: NAMES,
      layers: config.n_layers,
      width: config.dim,
      heads: config.n_heads,
      feedForward: config.hidden_dim,
      vocabulary: config.vocab_size,
      positionRows: config.max_position_embeddings,
      firstPosition: 0,
      segmentRows: 0,
      epsilon: 1e-12,
      activation: config.activation,
      pooling,
      featureScale,
      tied: ['vocab_projector.weight'],
      features: (pooled) => tf.mul(normed(pooled), featureScale),
      stock: {
        architecture: 'DistilBertForSequenceClassification',
        prefix: 'distilbert.',
        config: { n_layers: config.n_layers + 1 },
        fixed: scaledIdentityModule('pre_classifier', config.dim, featureScale, Math.fround(shift)),
        classifier: { module: 'classifier', shift: Math.fround(shift) },
        saved: ['pre_classifier', 'classifier'],
        takesPrompt: true,
        takesPrefix: false,
      },
    });
  },
};
