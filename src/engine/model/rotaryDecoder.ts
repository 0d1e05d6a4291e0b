/**
 * Decoders as Llama's (Touvron et al. 2023; maths as in transformers' modeling_llama.py): RMS norm before attention and
 * before the feed-forward block, rotary positions, keys and values shared by groups of heads, SwiGLU. Qwen2 adds biases,
 * Qwen3 norms each head's queries and keys. A text is classified by its last token, as transformers' stock classifiers
 * do. H heads, G heads of keys and values, d their size.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { type Angles, gated, rmsNorm, rotate, type Weight } from '../backend/ops';
import { attend, embedTexts } from './blocks';
import type { Encoder, Forward, WeightSpec } from './family';
import { pool } from './pooling';
import { angleTables } from './rotary';
import { shapeOf } from './shape';
import type { StockForm } from './stock';

const MODULES = {
  query: 'self_attn.q_proj',
  key: 'self_attn.k_proj',
  value: 'self_attn.v_proj',
  'attention-output': 'self_attn.o_proj',
  gate: 'mlp.gate_proj',
  up: 'mlp.up_proj',
  down: 'mlp.down_proj',
} as const;
type Role = keyof typeof MODULES;

const WORDS = 'embed_tokens.weight';
const tableName = (part: 'cos' | 'sin'): string => `rotary.${part}`;

export interface RotaryDecoder {
  layers: number;
  width: number;
  heads: number;
  kvHeads: number;
  headSize: number;
  feedForward: number;
  vocabulary: number;
  /** The longest text in tokens: as many angles are kept. */
  positions: number;
  epsilon: number;
  /** Which of a layer's linear modules have a bias. */
  biased: readonly Role[];
  /** Whether each head's queries and keys are normed before they are turned. */
  normsHeads: boolean;
  /** How far pair i turns from one position to the next, in radians: d/2 of them. */
  turns: readonly number[];
  /** Keys that a layer's queries look back to, their own included; Infinity = all. */
  window(layer: number): number;
  attentionDropout: number;
  stock: Pick<StockForm, 'architecture' | 'config'>;
}

export function rotaryDecoder(model: RotaryDecoder): Encoder {
  const { layers, width, heads, kvHeads, headSize, feedForward, vocabulary, positions, epsilon } = model;
  const weights = [
    { name: WORDS, kind: 'embedding', shape: [vocabulary, width], layer: -1, alsoNamed: ['lm_head.weight'] },
    ...Array.from({ length: layers }, (_, layer) => layerWeights(model, layer)).flat(),
    { name: 'norm.weight', kind: 'norm', shape: [width], layer: layers - 1 },
  ] satisfies WeightSpec[];
  const norm = (forward: Forward, name: string, x: tf.Tensor2D): tf.Tensor2D =>
    rmsNorm(x, forward.weight(`${name}.weight`) as Weight<tf.Tensor1D>, epsilon);

  return {
    shape: shapeOf(
      { layers, width, heads, kvHeads, headSize, feedForward, vocabulary, positions, classifierBias: false },
      weights,
    ),
    weights,
    tables: new Map(angleTables(model.turns, positions, tableName)),
    words: WORDS,
    layerPath: 'layers',
    pooling: 'last',
    featureScale: 1,
    stock: {
      ...model.stock,
      prefix: 'model.',
      layers,
      fixed: [],
      classifier: { module: 'score', shift: 0 },
      saved: ['score'],
      takesPrompt: false,
      // Its cache of a layer with a window drops what the window has passed, the prefix with it.
      takesPrefix: Array.from({ length: layers }, (_, layer) => model.window(layer)).every(
        (window) => window === Number.POSITIVE_INFINITY,
      ),
    },

    embed(forward, batch) {
      const words = forward.weight(WORDS) as Weight<tf.Tensor2D>;
      return embedTexts(forward, () => ({ words }), batch);
    },

    layer(forward, index, hidden, { rows, length, mask }) {
      const path = `layers.${index}`;
      const part = (role: Role, x: tf.Tensor2D): tf.Tensor2D => forward.linear(`${path}.${MODULES[role]}`, x);
      const behind = forward.virtual?.kind === 'prefix' ? forward.virtual.count : 0;
      const angles: Angles = {
        cos: forward.weight(tableName('cos')).value as tf.Tensor2D,
        sin: forward.weight(tableName('sin')).value as tf.Tensor2D,
      };
      const turned = (role: 'query' | 'key', x: tf.Tensor2D): tf.Tensor2D => {
        const made = part(role, x);
        const even = model.normsHeads
          ? norm(forward, `${path}.self_attn.${role === 'query' ? 'q' : 'k'}_norm`, made)
          : made;
        return rotate(even, angles, length, behind);
      };
      const x = norm(forward, `${path}.input_layernorm`, hidden);
      const made = { q: turned('query', x), k: turned('key', x), v: part('value', x), mask };
      const sees = { rows, length, heads, before: model.window(index) - 1, after: 0 };
      const dropout = model.attentionDropout > 0 ? forward.nextDropout() : null;
      const mixed = attend(forward, index, made, sees, dropout);
      const attended = forward.linear(`${path}.${MODULES['attention-output']}`, mixed, { residual: hidden });
      const y = norm(forward, `${path}.post_attention_layernorm`, attended);
      const wide = gated(part('gate', y), part('up', y), 'silu'); // [B·T, F]
      const state = forward.linear(`${path}.${MODULES.down}`, wide, { residual: attended });
      return index === layers - 1 ? norm(forward, 'norm', state) : state;
    },

    pool: (hidden, batch) => pool('last', hidden, batch),
    features: (pooled) => pooled,
  };
}

function layerWeights(model: RotaryDecoder, layer: number): WeightSpec[] {
  const { width: d, heads, kvHeads, headSize, feedForward: f, biased, normsHeads } = model;
  const path = `layers.${layer}`;
  const norm = (name: string, size: number): WeightSpec => ({
    name: `${path}.${name}.weight`,
    kind: 'norm',
    shape: [size],
    layer,
  });
  const linear = (role: Role, outputs: number, inputs: number): WeightSpec[] => {
    const module = `${path}.${MODULES[role]}`;
    const weight: WeightSpec = {
      name: `${module}.weight`,
      kind: 'linear',
      shape: [outputs, inputs],
      layer,
      role,
    };
    const bias: WeightSpec = { name: `${module}.bias`, kind: 'bias', shape: [outputs], layer };
    return biased.includes(role) ? [weight, bias] : [weight];
  };
  return [
    norm('input_layernorm', d),
    ...linear('query', heads * headSize, d),
    ...linear('key', kvHeads * headSize, d),
    ...linear('value', kvHeads * headSize, d),
    ...(normsHeads ? [norm('self_attn.q_norm', headSize), norm('self_attn.k_norm', headSize)] : []),
    ...linear('attention-output', d, heads * headSize),
    norm('post_attention_layernorm', d),
    ...linear('gate', f, d),
    ...linear('up', f, d),
    ...linear('down', d, f),
  ];
}
