/**
 * A base model with a tuning method and a classifier on top: the one object that training moves and prediction
 * reads. The base's weights are borrowed and never changed; everything that moves is a variable of its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { constant, gelu, linear, type Weight } from '../backend/ops';
import { EngineError } from '../core/errors';
import type { Settings } from '../core/fields';
import { random } from '../core/random';
import type { FloatTensor } from '../core/safetensors';
import type { Forward, VirtualTokens, WeightKind } from '../model/family';
import type { LoadedModel } from '../model/load';
import { fromBackend, toBackend, torchShape } from '../model/weights';
import type { TokenBatch } from '../text/batches';
import { dropoutSource, type TrainingPass } from './dropout';
import type { Added, ModuleAdapter, Plan, TuningMethod } from './method';
import { frozenPrefix, type MethodSpec } from './spec';
import { readBatch, virtualTokens } from './virtual';

/** BERT's initialiser range. */
const HEAD_STDDEV = 0.02;
/** Far above the dropouts that any encoder uses: a pass has one seed for both. */
const HEAD_SALT = 1 << 20;
export const HEAD_WEIGHT = 'classifier.weight';
export const HEAD_BIAS = 'classifier.bias';

export interface Trainable {
  variable: tf.Variable;
  kind: WeightKind;
  /** Part of the classifier, which has its own learning rate. */
  head: boolean;
}

export interface TunedModel {
  readonly base: LoadedModel;
  /** Output j of the classifier is class j. */
  readonly classes: number;
  readonly plan: Plan;
  /** By saved name: the base's checkpoint names, peft's names, and the classifier's. */
  readonly trainable: ReadonlyMap<string, Trainable>;
  /** Layers whose output never changes; `from` below may be any level up to it. */
  readonly frozenLayers: number;
  /** Hidden states after `to` layers, starting from tokens, or from hidden states after `from` layers. */
  encode(
    batch: TokenBatch,
    range: { from: number; to: number; hidden?: tf.Tensor2D },
    pass: TrainingPass | null,
  ): tf.Tensor2D;
  /** Sentence vectors [B, D] of the last hidden states. */
  pool(hidden: tf.Tensor2D, batch: TokenBatch): tf.Tensor2D;
  /** Classifier on pooled vectors [B, D] → logits [B, C]. */
  classify(pooled: tf.Tensor2D, pass: TrainingPass | null): tf.Tensor2D;
  /** Values of every trainable in torch layout, for checkpoints and export. */
  read(): Promise<Map<string, FloatTensor>>;
  /** Puts saved values back. @throws bad-weights naming what is missing or misshapen */
  write(values: ReadonlyMap<string, FloatTensor>): void;
  /** Takes over the named values from another model's `read()`; the rest stays. @throws bad-weights */
  adopt(values: ReadonlyMap<string, FloatTensor>, names: readonly string[]): void;
  /**
   * The whole model in torch layout with the tuning folded in, classifier included.
   * @throws unsupported-export when the added weights fold into none of the model's own
   */
  merged(): Promise<Map<string, FloatTensor>>;
  dispose(): void;
}

export function createTuned(options: {
  base: LoadedModel;
  method: TuningMethod;
  spec: MethodSpec;
  settings: Settings;
  classes: number;
  seed: number;
}): TunedModel {
  const { base, classes, seed } = options;
  const plan = options.method.plan(base.encoder, options.settings, random(seed, 'adapter'), base.tokenizer);
  const trainable = createTrainables(base, plan, classes, seed);

  const weightOf = (name: string): Weight => {
    const moving = trainable.get(name);
    if (moving) return { value: moving.variable, trainable: true };
    const value = base.weights.get(name);
    if (!value) throw new TypeError(`the model has no weight ${name}`);
    return { value, trainable: false };
  };
  const added: Added = <T extends tf.Tensor>(name: string) => weightOf(name) as Weight<T>;
  const linearOf = (module: string): { weight: Weight<tf.Tensor2D>; bias: Weight<tf.Tensor1D> | null } => ({
    weight: weightOf(`${module}.weight`) as Weight<tf.Tensor2D>,
    bias: base.weights.has(`${module}.bias`) ? (weightOf(`${module}.bias`) as Weight<tf.Tensor1D>) : null,
  });

  const forwardOf = (pass: TrainingPass | null, virtual: VirtualTokens | null): Forward => {
    const drop = dropoutSource(pass);
    return {
      training: pass !== null,
      virtual,
      weight: weightOf,
      linear(module, x, options) {
        const { weight, bias } = linearOf(module);
        const adapter = plan.adapters.get(module);
        if (!adapter) return linear(x, weight, bias, options);
        const dropped = drop.apply(x, plan.adapterDropout);
        const y = adapter.apply({ x, dropped, weight, bias }, added);
        const sum = options?.residual ? tf.add<tf.Tensor2D>(y, options.residual) : y;
        return options?.gelu ? gelu(sum) : sum;
      },
      dropout: (x) => drop.apply(x, pass?.dropout ?? 0),
      nextDropout: () => drop.next(pass?.dropout ?? 0),
    };
  };

  /** Frozen layers say the same of a text at every step, dropout or not: keeping what they said changes nothing. */
  const frozenLayers = frozenPrefix(options.spec.parts(base.encoder.shape, options.settings));
  const still = forwardOf(null, null);

  return {
    base,
    classes,
    plan,
    trainable,
    frozenLayers,
    encode(batch, { from, to, hidden }, pass) {
      const moving = forwardOf(pass, virtualTokens(plan.virtual, batch, added));
      const forward = (level: number): Forward => (level < frozenLayers ? still : moving);
      let state = hidden ? constant(hidden) : base.encoder.embed(forward(0), batch);
      const read = readBatch(plan.virtual, batch);
      for (let i = hidden ? from : 0; i < to; i++) state = base.encoder.layer(forward(i), i, state, read);
      return state;
    },
    pool: (hidden, batch) => base.encoder.pool(hidden, readBatch(plan.virtual, batch)),
    classify(pooled, pass) {
      const features = dropoutSource(pass, HEAD_SALT).apply(
        base.encoder.features(pooled),
        pass?.dropout ?? 0,
      );
      return linear(
        features,
        weightOf(HEAD_WEIGHT) as Weight<tf.Tensor2D>,
        trainable.has(HEAD_BIAS) ? (weightOf(HEAD_BIAS) as Weight<tf.Tensor1D>) : null,
      );
    },
    async read() {
      const values = new Map<string, FloatTensor>();
      for (const [name, { variable, kind }] of trainable) values.set(name, await fromBackend(kind, variable));
      return values;
    },
    write: (values) => writeTrainables(trainable, values),
    adopt: (values, names) =>
      writeTrainables(new Map([...trainable].filter(([name]) => names.includes(name))), values),
    async merged() {
      if (plan.virtual) throw notMergeable('before every text');
      const values = new Map<string, FloatTensor>();
      for (const { name, kind } of base.encoder.weights) {
        const [, module = '', part] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
        const adapter = plan.adapters.get(module);
        const folded = tf.tidy(() => {
          if (!adapter) return tf.clone(weightOf(name).value);
          const { weight, bias } = linearOf(module);
          const own = { weight: weight.value, bias: bias?.value ?? null };
          const merged = mergeOf(adapter, module)(own, added);
          return tf.clone(part === 'bias' && merged.bias ? merged.bias : merged.weight);
        });
        values.set(name, await fromBackend(kind, folded));
        folded.dispose();
      }
      for (const name of [HEAD_WEIGHT, HEAD_BIAS]) {
        const part = trainable.get(name);
        if (part) values.set(name, await fromBackend(part.kind, part.variable));
      }
      return values;
    },
    dispose() {
      for (const { variable } of trainable.values()) variable.dispose();
    },
  };
}

function mergeOf({ merge }: ModuleAdapter, module: string): NonNullable<ModuleAdapter['merge']> {
  if (merge) return merge;
  throw notMergeable(`beside “${module}”`);
}

function notMergeable(where: string): EngineError {
  return new EngineError({
    code: 'unsupported-export',
    message: `What was trained ${where} cannot be folded into the model’s own weights.`,
    hint: 'Export it as an adapter beside the model.',
  });
}

function createTrainables(
  base: LoadedModel,
  plan: Plan,
  classes: number,
  seed: number,
): Map<string, Trainable> {
  const trainable = new Map<string, Trainable>();
  const add = (name: string, kind: WeightKind, value: tf.Tensor, head = false): void => {
    trainable.set(name, { variable: tf.variable(value), kind, head });
    value.dispose();
  };
  for (const weight of base.encoder.weights) {
    if (!plan.trains(weight)) continue;
    // A copy of the values: training moves them in place, and the base is only borrowed.
    const start = plan.initial
      ? toBackend(weight.kind, plan.initial(weight))
      : tf.mul(base.weights.get(weight.name) as tf.Tensor, 1);
    add(weight.name, weight.kind, start);
  }
  const ofBase = (name: string): tf.Tensor => base.weights.get(name) as tf.Tensor;
  for (const { name, kind, shape, start } of plan.added) {
    const value =
      typeof start === 'function' ? tf.tidy(() => start(ofBase)) : tf.tensor(start, [...shape], 'float32');
    add(name, kind, value);
  }
  const { width } = base.encoder.shape;
  const rng = random(seed, 'head');
  const start = Float32Array.from({ length: width * classes }, () => rng.normal() * HEAD_STDDEV);
  add(HEAD_WEIGHT, 'linear', tf.tensor2d(start, [width, classes]), true);
  if (base.encoder.shape.classifierBias) add(HEAD_BIAS, 'bias', tf.zeros([classes]), true);
  return trainable;
}

function writeTrainables(
  trainable: ReadonlyMap<string, Trainable>,
  values: ReadonlyMap<string, FloatTensor>,
): void {
  for (const [name, { variable, kind }] of trainable) {
    const saved = values.get(name);
    const shape = torchShape(kind, variable.shape);
    if (!saved || saved.shape.join() !== shape.join()) {
      throw new EngineError({
        code: 'bad-weights',
        message: `Saved weights: ${name} ${saved ? `is [${saved.shape}], expected [${shape}]` : 'is missing'}.`,
        hint: 'The file does not belong to this run. Start the run again; your data and settings are kept.',
      });
    }
    const tensor = toBackend(kind, saved);
    variable.assign(tensor);
    tensor.dispose();
  }
}
