/**
 * BERT, and what was made from it under its name: MiniLM, BGE, E5, GTE. The classifier reads tanh(α·LN(pooled)), and
 * the stock one tanh(pooler(hidden of token 0)): see docs/decisions/0001.
 */
import { z } from 'zod';
import { activationName, checkHeads, honeEntry, poolingOf, readConfig, size } from './config';
import type { Encoder, Family, Told } from './family';
import { squashed } from './pooling';
import { type PostNormNames, postNormEncoder } from './postNorm';
import { scaledIdentityModule } from './stock';

/** Shared with RoBERTa. */
export const BERT_CONFIG = {
  hidden_size: size(8192),
  num_hidden_layers: size(200),
  num_attention_heads: size(256),
  intermediate_size: size(65_536),
  vocab_size: size(2_000_000, 2),
  max_position_embeddings: size(65_536, 8),
  type_vocab_size: size(16).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: activationName.default('gelu'),
  position_embedding_type: z.literal('absolute').optional(),
  hone: honeEntry,
};

const BERT_NAMES: PostNormNames = {
  words: 'embeddings.word_embeddings',
  positions: 'embeddings.position_embeddings',
  segments: 'embeddings.token_type_embeddings',
  norm: 'embeddings.LayerNorm',
  layerPath: 'encoder.layer',
  linears: {
    query: 'attention.self.query',
    key: 'attention.self.key',
    value: 'attention.self.value',
    'attention-output': 'attention.output.dense',
    up: 'intermediate.dense',
    down: 'output.dense',
  },
  attentionNorm: 'attention.output.LayerNorm',
  outputNorm: 'output.LayerNorm',
};

const bertConfig = z.looseObject({ model_type: z.literal('bert'), ...BERT_CONFIG });

/** What tells BERT's kin apart, which all have a dense layer and tanh before the classifier. */
interface Kin {
  firstPosition: number;
  tied: readonly string[];
  architecture: string;
  prefix: string;
  /** Modules of the stock head. */
  dense: string;
  classifier: string;
}

/** @throws bad-model-config */
export function bertEncoder(
  config: z.infer<z.ZodObject<typeof BERT_CONFIG>>,
  told: Told | undefined,
  { firstPosition, tied, architecture, prefix, dense, classifier }: Kin,
): Encoder {
  checkHeads(['hidden_size', config.hidden_size], ['num_attention_heads', config.num_attention_heads]);
  const { pooling, featureScale } = poolingOf(config.hone, told);
  return postNormEncoder({
    names: BERT_NAMES,
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads: config.num_attention_heads,
    feedForward: config.intermediate_size,
    vocabulary: config.vocab_size,
    positionRows: config.max_position_embeddings,
    firstPosition,
    segmentRows: config.type_vocab_size,
    epsilon: config.layer_norm_eps,
    activation: config.hidden_act,
    pooling,
    featureScale,
    tied,
    features: (pooled) => squashed(pooled, featureScale),
    stock: {
      architecture,
      prefix,
      config: { num_hidden_layers: config.num_hidden_layers + 1 },
      fixed: scaledIdentityModule(dense, config.hidden_size, featureScale),
      classifier: { module: classifier, shift: 0 },
      saved: ['classifier'],
      takesPrompt: true,
      takesPrefix: true,
    },
  });
}

export const bertFamily: Family = {
  id: 'bert',
  fromConfig(raw, told) {
    const hint = 'Hone runs BERT encoders with learned positions and GELU or ReLU.';
    return bertEncoder(readConfig(bertConfig, raw, hint), told, {
      firstPosition: 0,
      tied: ['cls.predictions.decoder.weight'],
      architecture: 'BertForSequenceClassification',
      prefix: 'bert.',
      dense: 'bert.pooler.dense',
      classifier: 'classifier',
    });
  },
};
