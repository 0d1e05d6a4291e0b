/** What a tuning method says about itself without loading TensorFlow.js: the page draws everything from this. */
import type { Field, Settings } from '../core/fields';
import { type LinearRole, type ModelShape, type WeightRole, withFused } from '../core/modelShape';

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
  /**
   * For adapters that peft opens: the fields of its config that are the method's own; `modules` gives its expression
   * for the linear modules of some roles.
   */
  peft?(
    settings: Settings,
    modules: (roles: readonly LinearRole[]) => string,
  ): Readonly<Record<string, unknown>>;
  parts(shape: ModelShape, settings: Settings): ModelParts;
  /** Learned positions that the model reads before every text; absent = none. */
  virtualTokens?(settings: Settings): number;
  /** Trainable scalars, the head of `classes` labels included. */
  trainableParameters(shape: ModelShape, settings: Settings, classes: number): number;
}

/** Scalars in the last `count` layers. */
export function lastLayersParameters({ scalars, layers }: ModelShape, count: number): number {
  return scalars.layers.slice(Math.max(0, layers - count)).reduce((sum, { all }) => sum + all, 0);
}

/** Scalars of the whole encoder with a head of `classes` labels. */
export function modelParameters(shape: ModelShape, classes: number): number {
  return (
    shape.scalars.embeddings.all + lastLayersParameters(shape, shape.layers) + headParameters(shape, classes)
  );
}

/** [outputs, inputs] of a layer's linear weights of these roles, those that the model has. */
export function linearsOf({ linears }: ModelShape, roles: readonly string[]): (readonly [number, number])[] {
  return withFused(roles).flatMap((role) => {
    const size = linears[role as WeightRole];
    return size ? [size] : [];
  });
}

export function headParameters({ width, classifierBias }: ModelShape, classes: number): number {
  return width * classes + (classifierBias ? classes : 0);
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
