/** A tiny random model with its report, for the tests of this folder. */
import { defaultsOf, type Settings } from '../core/fields';
import { random } from '../core/random';
import type { Scores } from '../core/report';
import type { FloatTensor } from '../core/safetensors';
import { bertFamily } from '../model/bert';
import { torchShape } from '../model/weights';
import { SPECIAL, wordPiece } from '../testing/wordPiece';
import { loadTokenizer } from '../text/tokenizer';
import { adapter } from '../tuning/adapter/method';
import { adapterSpec } from '../tuning/adapter/spec';
import { lora } from '../tuning/lora/method';
import { loraSpec } from '../tuning/lora/spec';
import { type TuningMethod, targetExpression } from '../tuning/method';
import type { MethodSpec } from '../tuning/spec';
import type { AdapterContent, ExportInput, VirtualSettings } from './input';

export const WIDTH = 8;
export const LAYERS = 6;
export const WIDE = 12;
const WORDS = [...SPECIAL, 'good', 'bad', 'film', 'a', 'very'];

function scores(accuracy: number, n: number): Scores {
  return {
    n,
    accuracy,
    macro_f1: accuracy - 0.05,
    ci95: { accuracy: [accuracy - 0.1, accuracy + 0.1], macro_f1: [accuracy - 0.15, accuracy + 0.05] },
    loss: 0.5,
    ece: 0.12,
  };
}

const CONFIG = {
  model_type: 'bert',
  architectures: ['BertModel'],
  hidden_size: WIDTH,
  num_hidden_layers: LAYERS,
  num_attention_heads: 2,
  intermediate_size: WIDE,
  vocab_size: WORDS.length,
  max_position_embeddings: 16,
  type_vocab_size: 2,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
};

const TOKENIZER = wordPiece(WORDS);
const ENCODER = bertFamily.fromConfig(CONFIG);

/** What a method adds to this model. */
export function adapterOf(spec: MethodSpec, method: TuningMethod, changes: Settings = {}): AdapterContent {
  const settings = { ...defaultsOf(spec.fields), ...changes };
  const { added } = method.plan(
    ENCODER,
    settings,
    random(1, 'export/adapter'),
    loadTokenizer(TOKENIZER, { do_lower_case: true }),
  );
  return {
    peft: spec.peft?.(settings, (roles) => targetExpression(ENCODER, roles)) ?? null,
    added: added.map(({ name, kind, shape }) => ({ name, shape: torchShape(kind, shape) })),
  };
}

export const LORA = adapterOf(loraSpec, lora, {
  rank: 2,
  alpha: 4,
  targets: ['query', 'attention-output', 'down'],
});
export const BOTTLENECK = adapterOf(adapterSpec, adapter, { size: 3 });

/** Random weights by checkpoint name; with an adapter or learned positions, theirs too. */
function tensorsOf(
  labels: number,
  beside: AdapterContent | null,
  virtual: VirtualSettings | null,
): Map<string, FloatTensor> {
  const draw = random(1, 'export/test');
  const tensors = new Map<string, FloatTensor>();
  const add = (name: string, shape: number[], mean = 0) => {
    const length = shape.reduce((a, b) => a * b, 1);
    tensors.set(name, { shape, data: Float32Array.from({ length }, () => mean + 0.3 * draw.normal()) });
  };
  const linear = (name: string, outputs: number, inputs: number) => {
    add(`${name}.weight`, [outputs, inputs]);
    add(`${name}.bias`, [outputs]);
  };
  const norm = (name: string) => {
    add(`${name}.weight`, [WIDTH], 1);
    add(`${name}.bias`, [WIDTH]);
  };
  add('embeddings.word_embeddings.weight', [WORDS.length, WIDTH]);
  add('embeddings.position_embeddings.weight', [16, WIDTH]);
  add('embeddings.token_type_embeddings.weight', [2, WIDTH]);
  norm('embeddings.LayerNorm');
  for (let layer = 0; layer < LAYERS; layer++) {
    const name = `encoder.layer.${layer}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, WIDTH, WIDTH);
    linear(`${name}.attention.output.dense`, WIDTH, WIDTH);
    norm(`${name}.attention.output.LayerNorm`);
    linear(`${name}.intermediate.dense`, WIDE, WIDTH);
    linear(`${name}.output.dense`, WIDTH, WIDE);
    norm(`${name}.output.LayerNorm`);
  }
  add('classifier.weight', [labels, WIDTH]);
  add('classifier.bias', [labels]);
  if (virtual) {
    add('prompt_embeddings', [virtual.count, virtual.kind === 'prompt' ? WIDTH : 2 * LAYERS * WIDTH]);
  }
  for (const { name, shape } of beside?.added ?? []) add(name, [...shape]);
  return tensors;
}

const CLASSES = ['good', 'not | good', '=1+1'];

/** Three labels, two test rows with awkward texts, one baseline. */
export function exportInput(
  beside: AdapterContent | null = null,
  virtual: VirtualSettings | null = null,
): ExportInput {
  const comparison = {
    delta: 0.25,
    ci95: [0.1, 0.4] as [number, number],
    macro_f1_delta: 0.2,
    macro_f1_ci95: [0.05, 0.35] as [number, number],
    mcnemar_p: 0.0004,
    fixed: 14,
    broken: 2,
  };
  return {
    maxLength: 12,
    anew: false,
    adapter: beside,
    virtual,
    tensors: tensorsOf(CLASSES.length, beside, virtual),
    base: {
      id: 'tiny',
      revision: '1',
      name: 'Tiny BERT',
      licence: 'Apache-2.0',
      sources: [{ name: 'example/tiny', url: 'https://example.org/tiny', licence: 'Apache-2.0' }],
      config: JSON.stringify(CONFIG),
      shape: ENCODER.shape,
      weights: ENCODER.weights,
      pooling: ENCODER.pooling,
      featureScale: ENCODER.featureScale,
      stock: ENCODER.stock,
      tokenizer: JSON.stringify(TOKENIZER),
      tokenizerConfig: JSON.stringify({ tokenizer_class: 'PreTrainedTokenizerFast', pad_token: '[PAD]' }),
      padding: { id: 0, token: '[PAD]' },
    },
    predictions: {
      classes: CLASSES,
      rows: [
        {
          line: 7,
          text: 'a "good" film,\nvery',
          expected: 0,
          before: [0.2, 0.5, 0.3],
          after: [0.9, 0.06, 0.04],
        },
        { line: 12, text: '=bad', expected: 2, before: [0.4, 0.3, 0.3], after: [0.1, 0.3, 0.6] },
      ],
    },
    report: {
      version: 1,
      id: 'r1',
      name: 'Film réviews, 2nd try!',
      finished_at: '2026-01-02T03:04:05.000Z',
      config: {
        version: 1,
        task: 'classify',
        data: {
          name: 'films.csv',
          hash: 'abc123',
          options: { format: 'csv', encoding: 'utf-8', delimiter: ',', quote: '"', header: true },
          roles: { text: 'review', label: 'verdict' },
          fixes: [],
          split: { validation: 0.15, test: 0.2, seed: 1 },
        },
        model: { id: 'tiny', revision: '1' },
        method: { id: beside === null ? 'full' : 'lora', settings: {} },
        training: {},
        descriptions: {},
        backend: 'auto',
        baselines: true,
      },
      guessed: {},
      data: {
        rows: 310,
        kept: 300,
        left_out: 9,
        rejected: [{ line: 4, reason: 'empty text' }],
        splits: { train: 200, validation: 50, test: 50 },
        classes: CLASSES,
        class_counts: [200, 95, 5],
        train_counts: [134, 63, 3],
        truncated: 3,
      },
      model: { id: 'tiny', parameters: 2000 },
      method: { id: beside === null ? 'full' : 'lora', trainable_parameters: 120 },
      backend: { id: 'wasm', adapter: 'CPU', reason: 'test' },
      history: [],
      before: scores(0.55, 50),
      after: scores(0.8, 50),
      comparison,
      baselines: [
        {
          id: 'majority',
          label: 'Most common label',
          scores: { ...scores(0.66, 50), loss: null, ece: null },
          versus: { ...comparison, delta: 0.14, mcnemar_p: 0.09, fixed: 9, broken: 2 },
        },
      ],
      best_step: 20,
      total_steps: 40,
      stopped_early: false,
      warnings: [],
      verdict: { code: 'over-confident', since: 30, message: 'It grows over-confident.', advice: 'Stop.' },
      timing: { wall_s: 1, step_ms_median: 2, tokens_per_s: 3, phases_s: {} },
      memory: { peak_bytes: 4 },
    },
  };
}
