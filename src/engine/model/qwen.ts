/** Qwen2, Qwen2.5 (biases on queries, keys and values) and Qwen3 (queries and keys normed head by head). */
import { z } from 'zod';
import { readConfig, refusePooling } from './config';
import type { Encoder, Family, Told } from './family';
import { DECODER_CONFIG, decoderSizes } from './llama';
import { paddingOf } from './padding';
import { rotaryDecoder } from './rotaryDecoder';

const qwenConfig = z.looseObject({
  ...DECODER_CONFIG,
  use_sliding_window: z.boolean().default(false),
  sliding_window: z.number().int().min(1).nullish(),
  /** Layers from this one on look back through the window. */
  max_window_layers: z.number().int().min(0).default(28),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).optional(),
  attention_bias: z.boolean().default(false),
});

function qwen(raw: unknown, told: Told | undefined, generation: 2 | 3): Encoder {
  const config = readConfig(qwenConfig, raw, 'Hone runs Qwen decoders with SiLU and rotary positions.');
  refusePooling(told);
  const window = config.use_sliding_window ? config.sliding_window : null;
  const slides = (layer: number): boolean =>
    config.layer_types
      ? config.layer_types[layer] === 'sliding_attention'
      : layer >= config.max_window_layers;
  const all = ['query', 'key', 'value', 'attention-output'] as const;
  return rotaryDecoder({
    ...decoderSizes(config),
    biased: generation === 2 ? ['query', 'key', 'value'] : config.attention_bias ? all : [],
    normsHeads: generation === 3,
    window: (layer) => (window && slides(layer) ? window : Number.POSITIVE_INFINITY),
    stock: {
      architecture: `Qwen${generation}ForSequenceClassification`,
      config: paddingOf(config),
    },
  });
}

export const qwen2Family: Family = { id: 'qwen2', fromConfig: (raw, told) => qwen(raw, told, 2) };
export const qwen3Family: Family = { id: 'qwen3', fromConfig: (raw, told) => qwen(raw, told, 3) };
