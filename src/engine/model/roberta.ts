/**
 * RoBERTa (Liu et al. 2019) and XLM-RoBERTa (Conneau et al. 2020): BERT's encoder, its positions counted from the
 * padding's id on (transformers' modeling_roberta.py). The stock head is dense, tanh and output on token 0, so that
 * the classifier is BERT's.
 */
import { z } from 'zod';
import { BERT_CONFIG, bertEncoder } from './bert';
import { readConfig, size } from './config';
import type { Family } from './family';

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
      return bertEncoder(config, told, {
        firstPosition: config.pad_token_id + 1,
        tied: ['lm_head.decoder.weight'],
        architecture,
        prefix: 'roberta.',
        dense: 'classifier.dense',
        classifier: 'classifier.out_proj',
      });
    },
  };
}

export const robertaFamily = robertaKind('roberta', 'RobertaForSequenceClassification');
export const xlmRobertaFamily = robertaKind('xlm-roberta', 'XLMRobertaForSequenceClassification');
