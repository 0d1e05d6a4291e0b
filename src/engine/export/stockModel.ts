/** Hone's classifier as the stock model of its family (model/stock.ts): config.json and every weight. */
import { EngineError } from '../core/errors';
import { type FloatTensor, float32Entry, type TensorEntry } from '../core/safetensors';
import type { FixedWeight } from '../model/stock';
import { readJson } from './format';
import type { ExportMeta } from './input';

type F32Shape = { dtype: 'F32'; shape: readonly number[] };

/** Of the base's files and of where it came from: wrong for what is written here. */
const BASE_ALONE = ['torch_dtype', 'auto_map', '_name_or_path', 'quantization_config'];

/** config.json of the exported model. */
export function stockConfig({ base, report, maxLength }: ExportMeta): Record<string, unknown> {
  const { stock, padding } = base;
  const labels = report.data.classes;
  const own = Object.entries(readJson('config.json', base.config)).filter(
    ([key]) => !BASE_ALONE.includes(key),
  );
  return {
    ...Object.fromEntries(own),
    ...stock.config,
    // A stock decoder's classifier takes the last token that is no padding.
    ...(base.pooling === 'last' && padding.token !== null ? { pad_token_id: padding.id } : {}),
    architectures: [stock.architecture],
    dtype: 'float32',
    problem_type: 'single_label_classification',
    id2label: Object.fromEntries(labels.map((label, id) => [String(id), label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    hone: {
      base: base.id,
      revision: base.revision,
      pooling: base.pooling,
      pooler_scale: base.featureScale,
      pooling_layer: base.shape.layers,
      max_length: maxLength,
    },
  };
}

/** Hone's names of the classifier's weights, with their stock names and shapes. */
function classifierOf({ base, report }: ExportMeta): { own: string; name: string; shape: number[] }[] {
  const { module } = base.stock.classifier;
  const labels = report.data.classes.length;
  const weight = { own: 'classifier.weight', name: `${module}.weight`, shape: [labels, base.shape.width] };
  const bias = { own: 'classifier.bias', name: `${module}.bias`, shape: [labels] };
  return base.shape.classifierBias ? [weight, bias] : [weight];
}

/** Every weight of the exported model with its shape, by its stock name. */
export function stockShapes(meta: ExportMeta): Map<string, F32Shape> {
  const { stock, weights } = meta.base;
  const all = [
    ...weights.map(({ name, shape, transposed }) => ({
      name: `${stock.prefix}${name}`,
      shape: transposed ? shape.toReversed() : shape,
    })),
    ...stock.fixed,
    ...classifierOf(meta),
  ];
  return new Map(all.map(({ name, shape }) => [name, { dtype: 'F32', shape }]));
}

/**
 * The exported model's weights by stock name; those of the base share memory with `tensors`.
 * @throws missing-weights when one is absent or has another shape
 */
export function stockTensors(
  meta: ExportMeta,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, TensorEntry> {
  const { stock, weights } = meta.base;
  const entries = new Map<string, TensorEntry>();
  for (const { name, shape, transposed } of weights) {
    const values = takeTensor(tensors, name, shape);
    entries.set(
      `${stock.prefix}${name}`,
      transposed
        ? float32Entry(shape.toReversed(), turned(values, shape as [number, number]))
        : float32Entry(shape, values),
    );
  }
  for (const { name, shape, values } of stock.fixed) entries.set(name, float32Entry(shape, values()));
  for (const [name, entry] of classifierTensors(meta, tensors)) entries.set(name, entry);
  return entries;
}

function fixedBeside({ base }: ExportMeta): readonly FixedWeight[] {
  const { fixed, saved } = base.stock;
  return fixed.filter(({ name }) => saved.some((module) => name.startsWith(`${module}.`)));
}

/** Weights of the modules that peft saves whole, by stock name: the classifier and what stands fixed beside it. */
export function savedShapes(meta: ExportMeta): Map<string, F32Shape> {
  return new Map(
    [...fixedBeside(meta), ...classifierOf(meta)].map(({ name, shape }) => [name, { dtype: 'F32', shape }]),
  );
}

/** @throws missing-weights */
export function savedTensors(
  meta: ExportMeta,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, TensorEntry> {
  return new Map([
    ...fixedBeside(meta).map(({ name, shape, values }): [string, TensorEntry] => [
      name,
      float32Entry(shape, values()),
    ]),
    ...classifierTensors(meta, tensors),
  ]);
}

/** W as it is, and b - shift·Σ_D W: what the stock model adds to the features is taken off again. */
function classifierTensors(
  meta: ExportMeta,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, TensorEntry> {
  const { shift } = meta.base.stock.classifier;
  const [weight, bias] = classifierOf(meta).map(({ own, name, shape }) => ({
    name,
    shape,
    values: takeTensor(tensors, own, shape),
  })) as [ClassifierPart, ClassifierPart?];
  const own: [string, TensorEntry] = [weight.name, float32Entry(weight.shape, weight.values)];
  if (!bias) return new Map([own]);
  const width = meta.base.shape.width;
  const shifted = bias.values.map((value, label) => {
    const row = weight.values.subarray(label * width, (label + 1) * width);
    return value - shift * row.reduce((sum, each) => sum + each, 0);
  });
  return new Map([own, [bias.name, float32Entry(bias.shape, shift === 0 ? bias.values : shifted)]]);
}

/** [rows, columns] → [columns, rows], row-major. */
function turned(values: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  return Float32Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number,
  );
}

interface ClassifierPart {
  name: string;
  shape: number[];
  values: Float32Array;
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
