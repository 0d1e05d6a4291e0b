/**
 * RoBERTa (Liu et al. 2019) and XLM-RoBERTa (Conneau et al. 2020): BERT's encoder, its positions counted from the
 * padding's id on (transformers' modeling_roberta.py). The stock head is dense, tanh and output on token 0, so that
 * the classifier is BERT's.
 */
import { z } from 'zod';
import { BERT_CONFIG, BERT_NAMES } from './bert';
import { checkHeads, poolingOf, readConfig, size } from './config';
import type { Family } from './family';
import { squashed } from './pooling';
import { postNormEncoder } from './postNorm';
import { scaledIdentityModule } from './stock';

const robertaConfig = z.looseObject({
  ...BERT_CONFIG,
  pad_token_id: size(1_000_000, 0).default(1),
});

function robertaKind(id: string, architecture: string): Family {
  return {
    id,
    fromConfig(raw, told) {
      const hint = 'Hone runs RoBERTa encoders with learned positions and GELU or ReLU.';
      const config = readConfig(robertaConfig, raw, hint);
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
        firstPosition: config.pad_token_id + 1,
        segmentRows: config.type_vocab_size,
        epsilon: config.layer_norm_eps,
        activation: config.hidden_act,
        pooling,
        featureScale,
        tied: ['lm_head.decoder.weight'],
        features: (pooled) => squashed(pooled, featureScale),
        stock: {
          architecture,
          prefix: 'roberta.',
          config: { num_hidden_layers: config.num_hidden_layers + 1 },
          fixed: scaledIdentityModule('classifier.dense', config.hidden_size, featureScale),
          classifier: { module: 'classifier.out_proj', shift: 0 },
          saved: ['classifier'],
          takesPrompt: true,
          takesPrefix: true,
        },
      });
    },
  };
}

export const robertaFamily = robertaKind('roberta', 'RobertaForSequenceClassification');
export const xlmRobertaFamily = robertaKind('xlm-roberta', 'XLMRobertaForSequenceClassification');
