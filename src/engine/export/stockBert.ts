/**
 * Hone's BERT classifier as a stock `BertForSequenceClassification` (transformers), logit for logit.
 *
 * Stock BERT classifies tanh(pooler.dense(hidden of token 0)); Hone classifies tanh(s * LN(pooled)). One more
 * encoder layer makes token 0 carry LN(pooled): queries and keys are 0, so attention is uniform over the unmasked
 * tokens; values are the identity, so its result is their mean; the output projection is c times the identity, so
 * that in LN(c * mean + x0) the residual x0 vanishes; both layer norms have weight 1 and bias 0, and the
 * feed-forward part is 0. For CLS pooling c is 0 and LN(x0) remains. The pooler is s times the identity.
 * Proof against PyTorch: reference/pooling_as_layer.py.
 */
import { z } from 'zod';
import { EngineError } from '../core/errors';
import { type FloatTensor, float32Entry, type TensorEntry } from '../core/safetensors';
import type { ExportMeta } from './input';

/** A power of two keeps c * mean exact; from 2^26 on x0 is lost in float32's rounding (reference/README.md). */
const POOL_GAIN = 2 ** 26;

const size = z.number().int().min(1);
const bertConfig = z.looseObject({
  model_type: z.literal('bert'),
  hidden_size: size,
  num_hidden_layers: size,
  intermediate_size: size,
  vocab_size: size,
  max_position_embeddings: size,
  type_vocab_size: size.default(2),
});
type BertConfig = z.infer<typeof bertConfig>;

function configOf({ base }: ExportMeta): BertConfig {
  const parsed = bertConfig.safeParse(base.config);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new EngineError({
    code: 'unsupported-export',
    message: `The config of ${base.name} cannot be exported: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    hint: 'Exports are written for BERT encoders. The run itself can be saved as a .hone file.',
  });
}

/** config.json of the exported model. */
export function stockConfig(meta: ExportMeta): Record<string, unknown> {
  const config = configOf(meta);
  const labels = meta.report.data.classes;
  return {
    ...config,
    architectures: ['BertForSequenceClassification'],
    num_hidden_layers: config.num_hidden_layers + 1,
    dtype: 'float32',
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    hone: {
      base: meta.base.id,
      revision: meta.base.revision,
      pooling: meta.base.pooling,
      pooler_scale: meta.base.poolerScale,
      pooling_layer: config.num_hidden_layers,
      max_length: meta.maxLength,
    },
  };
}

/** Shapes of the base encoder's weights by checkpoint name. */
function encoderShapes(config: BertConfig): Map<string, number[]> {
  const shapes = new Map<string, number[]>();
  const width = config.hidden_size;
  shapes.set('embeddings.word_embeddings.weight', [config.vocab_size, width]);
  shapes.set('embeddings.position_embeddings.weight', [config.max_position_embeddings, width]);
  shapes.set('embeddings.token_type_embeddings.weight', [config.type_vocab_size, width]);
  shapes.set('embeddings.LayerNorm.weight', [width]);
  shapes.set('embeddings.LayerNorm.bias', [width]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    for (const [name, shape] of layerShapes(config)) shapes.set(`encoder.layer.${layer}.${name}`, shape);
  }
  return shapes;
}

/** Weights of one encoder layer. */
function layerShapes({ hidden_size: width, intermediate_size: wide }: BertConfig): [string, number[]][] {
  const linear = (name: string, outputs: number, inputs: number): [string, number[]][] => [
    [`${name}.weight`, [outputs, inputs]],
    [`${name}.bias`, [outputs]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [width]],
    [`${name}.bias`, [width]],
  ];
  return [
    ...['query', 'key', 'value'].flatMap((part) => linear(`attention.self.${part}`, width, width)),
    ...linear('attention.output.dense', width, width),
    ...norm('attention.output.LayerNorm'),
    ...linear('intermediate.dense', wide, width),
    ...linear('output.dense', width, wide),
    ...norm('output.LayerNorm'),
  ];
}

/** Every weight of the exported model with its shape, by its stock name. */
export function stockShapes(meta: ExportMeta): Map<string, { dtype: 'F32'; shape: number[] }> {
  const config = configOf(meta);
  const shapes = new Map<string, { dtype: 'F32'; shape: number[] }>();
  const add = (name: string, shape: number[]) => shapes.set(name, { dtype: 'F32', shape });
  for (const [name, shape] of encoderShapes(config)) add(`bert.${name}`, shape);
  for (const [name, shape] of layerShapes(config)) {
    add(`bert.encoder.layer.${config.num_hidden_layers}.${name}`, shape);
  }
  add('bert.pooler.dense.weight', [config.hidden_size, config.hidden_size]);
  add('bert.pooler.dense.bias', [config.hidden_size]);
  const labels = meta.report.data.classes.length;
  add('classifier.weight', [labels, config.hidden_size]);
  add('classifier.bias', [labels]);
  return shapes;
}

/**
 * The exported model's weights by stock name; those of the base share memory with `tensors`.
 * @throws missing-weights when one is absent or has another shape
 */
export function stockTensors(
  meta: ExportMeta,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, TensorEntry> {
  const config = configOf(meta);
  const stock = new Map<string, TensorEntry>();
  for (const [name, shape] of encoderShapes(config)) {
    stock.set(`bert.${name}`, float32Entry(shape, takeTensor(tensors, name, shape)));
  }
  const gain = meta.base.pooling === 'mean' ? POOL_GAIN : 0;
  for (const [name, shape] of layerShapes(config)) {
    stock.set(
      `bert.encoder.layer.${config.num_hidden_layers}.${name}`,
      float32Entry(shape, poolingLayerValues(name, shape, gain)),
    );
  }
  const width = config.hidden_size;
  stock.set(
    'bert.pooler.dense.weight',
    float32Entry([width, width], scaledIdentity(width, meta.base.poolerScale)),
  );
  stock.set('bert.pooler.dense.bias', float32Entry([width], new Float32Array(width)));
  const labels = meta.report.data.classes.length;
  for (const [name, shape] of [
    ['classifier.weight', [labels, width]],
    ['classifier.bias', [labels]],
  ] as const) {
    stock.set(name, float32Entry(shape, takeTensor(tensors, name, shape)));
  }
  return stock;
}

function poolingLayerValues(name: string, shape: readonly number[], gain: number): Float32Array {
  if (name === 'attention.self.value.weight') return scaledIdentity(shape[0] ?? 0, 1);
  if (name === 'attention.output.dense.weight') return scaledIdentity(shape[0] ?? 0, gain);
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  return name.endsWith('LayerNorm.weight') ? values.fill(1) : values;
}

function scaledIdentity(width: number, factor: number): Float32Array {
  const matrix = new Float32Array(width * width);
  for (let i = 0; i < width; i++) matrix[i * (width + 1)] = factor;
  return matrix;
}

/** The values of one weight. @throws missing-weights */
export function takeTensor(
  tensors: ReadonlyMap<string, FloatTensor>,
  name: string,
  shape: readonly number[],
): Float32Array {
  const tensor = tensors.get(name);
  const length = shape.reduce((product, side) => product * side, 1);
  if (tensor?.shape.join() === shape.join() && tensor.data.length === length) return tensor.data;
  throw new EngineError({
    code: 'missing-weights',
    message: `The trained model has no weight “${name}” of shape [${shape.join(', ')}]${
      tensor === undefined ? '' : `; it has [${tensor.shape.join(', ')}]`
    }.`,
    hint: 'The saved run is incomplete. Train again, or open the run from its .hone file.',
    details: { tensor: name },
  });
}
