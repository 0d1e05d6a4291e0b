/** Llama (Touvron et al. 2023) and what has its form: TinyLlama, SmolLM2, Llama 3.2 with its own rotary scaling. */
import { z } from 'zod';
import { checkHeads, readConfig, refusePooling, size } from './config';
import type { Family } from './family';
import { paddingOf } from './padding';
import { longestText, ropeEntries, turnsOf } from './rotary';
import { rotaryDecoder } from './rotaryDecoder';

/** Shared with Qwen. */
export const DECODER_CONFIG = {
  hidden_size: size(16_384),
  num_hidden_layers: size(200),
  num_attention_heads: size(256),
  num_key_value_heads: size(256).optional(),
  head_dim: size(1024).nullish(),
  intermediate_size: size(131_072),
  vocab_size: size(2_000_000, 2),
  max_position_embeddings: size(10_000_000, 8),
  rms_norm_eps: z.number().positive().default(1e-6),
  hidden_act: z.literal('silu').default('silu'),
  attention_dropout: z.number().min(0).max(1).default(0),
  pad_token_id: z.number().int().min(0).nullish(),
  eos_token_id: z.union([z.number().int().min(0), z.array(z.number().int().min(0)).min(1)]).nullish(),
  ...ropeEntries,
};
type DecoderConfig = z.infer<z.ZodObject<typeof DECODER_CONFIG>>;

/** What all decoders of this form read alike. @throws bad-model-config */
export function decoderSizes(config: DecoderConfig) {
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads ?? heads;
  checkHeads(['num_attention_heads', heads], ['num_key_value_heads', kvHeads]);
  if (config.head_dim == null) {
    checkHeads(['hidden_size', config.hidden_size], ['num_attention_heads', heads]);
  }
  const headSize = config.head_dim ?? config.hidden_size / heads;
  checkHeads(['the size of a head', headSize], ['a pair of values', 2]);
  return {
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads,
    kvHeads,
    headSize,
    feedForward: config.intermediate_size,
    vocabulary: config.vocab_size,
    positions: longestText(config.max_position_embeddings),
    epsilon: config.rms_norm_eps,
    turns: turnsOf(config, headSize),
    attentionDropout: config.attention_dropout,
  };
}

const llamaConfig = z.looseObject({
  ...DECODER_CONFIG,
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

export const llamaFamily: Family = {
  id: 'llama',
  fromConfig(raw, told) {
    const config = readConfig(llamaConfig, raw, 'Hone runs Llama decoders with SiLU and rotary positions.');
    refusePooling(told);
    return rotaryDecoder({
      ...decoderSizes(config),
      biased: [
        ...(config.attention_bias ? (['query', 'key', 'value', 'attention-output'] as const) : []),
        ...(config.mlp_bias ? (['gate', 'up', 'down'] as const) : []),
      ],
      normsHeads: false,
      window: () => Number.POSITIVE_INFINITY,
      stock: { architecture: 'LlamaForSequenceClassification', config: paddingOf(config) },
    });
  },
};
