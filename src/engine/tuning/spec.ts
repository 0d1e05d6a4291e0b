/** What a tuning method says about itself without loading TensorFlow.js: the page draws everything from this. */
import type { Field, Settings } from '../core/fields';
import type { ModelShape } from '../core/modelShape';

/**
 * How a part of the model is treated. 'adapted' = frozen, with small trainable weights beside it; 'partly' = some of
 * its own weights train.
 */
export type PartState = 'frozen' | 'trained' | 'adapted' | 'partly';

export interface ModelParts {
  embeddings: PartState;
  /** First layer (nearest the text) first. */
  layers: readonly PartState[];
  head: PartState;
}

export interface MethodSpec {
  id: string;
  /** 'usual' ways are offered first, 'other' ones below. */
  group: 'usual' | 'other';
  /** 'Adapter (LoRA)' */
  label: string;
  /** One line: what it does, for a product manager. */
  line: string;
  /** Under 60 words: when to take it. */
  note: string;
  paper: { title: string; url: string } | null;
  fields: readonly Field[];
  /** Where this method's good values differ from the training fields' defaults. */
  trainingDefaults: Settings;
  /** What the export holds: a whole model or an adapter beside its base. */
  exports: 'model' | 'adapter';
  /** For adapters that peft opens: the fields of its config that are the method's own. */
  peft?(settings: Settings, layers: number): Readonly<Record<string, unknown>>;
  parts(shape: ModelShape, settings: Settings): ModelParts;
  /** Learned positions that the model reads before every text; absent = none. */
  virtualTokens?(settings: Settings): number;
  /** Trainable scalars, the head of `classes` labels included. */
  trainableParameters(shape: ModelShape, settings: Settings, classes: number): number;
}

/** Scalars in one encoder layer: attention 4(D²+D), feed-forward 2DF+F+D, two layer norms 4D. */
export function layerParameters({ width: d, feedForward: f }: ModelShape): number {
  return 4 * (d * d + d) + 2 * d * f + f + d + 4 * d;
}

/** Scalars in word, position and two segment embeddings with their layer norm. */
export function embeddingParameters({ width: d, vocabulary, positions }: ModelShape): number {
  return (vocabulary + positions + 2) * d + 2 * d;
}

/** Scalars of the whole encoder with a head of `classes` labels. */
export function modelParameters(shape: ModelShape, classes: number): number {
  return embeddingParameters(shape) + shape.layers * layerParameters(shape) + headParameters(shape, classes);
}

export function headParameters({ width }: ModelShape, classes: number): number {
  return width * classes + classes;
}

/** Whether a weight of the base itself changes, so that the whole model has to be stored. */
export function bodyMoves({ embeddings, layers }: ModelParts): boolean {
  return [embeddings, ...layers].includes('trained');
}

/** Leading layers whose output can never change: their result is computed once per row and kept. */
export function frozenPrefix(parts: ModelParts): number {
  if (parts.embeddings !== 'frozen') return 0;
  const first = parts.layers.findIndex((state) => state !== 'frozen');
  return first === -1 ? parts.layers.length : first;
}

/** A numeric setting; the settings were validated against the spec, so absence is a programming error. */
export function numberOf(settings: Settings, key: string): number {
  const value = settings[key];
  if (typeof value !== 'number') throw new TypeError(`setting ${key} is not a number`);
  return value;
}

export function textOf(settings: Settings, key: string): string {
  const value = settings[key];
  if (typeof value !== 'string') throw new TypeError(`setting ${key} is not a text`);
  return value;
}

export function listOf(settings: Settings, key: string): readonly string[] {
  const value = settings[key];
  if (!Array.isArray(value)) throw new TypeError(`setting ${key} is not a list`);
  return value;
}

/**
 * peft's `target_modules` as one expression over whole paths: peft matches a list by ending, and `output.dense` would
 * also take `attention.output.dense`. It leaves the pooling layer that exports append (export/stockBert.ts) alone.
 */
export function targetExpression(layers: number, targets: readonly string[]): string {
  const indices = Array.from({ length: layers }, (_, i) => i).join('|');
  const paths = targets.map((target) => {
    const path = ['query', 'key', 'value'].includes(target) ? `attention.self.${target}` : target;
    return path.replaceAll('.', '\\.');
  });
  return `bert\\.encoder\\.layer\\.(${indices})\\.(${paths.join('|')})`;
}
