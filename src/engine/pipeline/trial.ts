/**
 * A few real steps of a run's own model and method on the back end in force, to know what they cost. Nothing of
 * it stays.
 */
import { backendBytes, tensorBytes } from '../backend/start';
import { createStepRunner } from '../backend/steps';
import type { Settings } from '../core/fields';
import type { LoadedModel } from '../model/load';
import { paddedLength } from '../text/batches';
import type { EncodedText } from '../text/tokenizer';
import { drain, READING_TOKENS, type Rows, readTexts } from '../training/rows';
import type { TrainingSettings } from '../training/settings';
import { bytesAlongStep, optimizerFor, type StepOptions, stepMemory, trainStep } from '../training/step';
import { loadMethod } from '../tuning/registry';
import type { MethodSpec } from '../tuning/spec';
import { createTuned, type TunedModel } from '../tuning/tuned';

/** What is tried: a run without its data. */
export interface TrialRun {
  base: LoadedModel;
  spec: MethodSpec;
  method: Settings;
  settings: TrainingSettings;
  classes: number;
}

export interface Speeds {
  /** Milliseconds per padded token. */
  read: number;
  train: number;
  /** Milliseconds of the median step on the texts. */
  step: number;
}

export interface TrialClock {
  now(): number;
  /** Between two pieces of work; may throw to call the trial off. */
  pause(): Promise<void>;
  /** Milliseconds of a step elsewhere: from twice as much on, one step is enough to tell. */
  beat?: number;
}

const TIMED_STEPS = 3;
/** No further step begins when the timed ones took so long, */
const ENOUGH_MS = 1500;
/** nor when compiling and settling took so long: the last one then counts as it is. */
const HOPELESS_MS = 15_000;

/** The most that a run holds on the back end, weights included. */
export interface TrialMemory {
  peak: number;
  /** Of the largest GPU buffer that a step takes; null on the processor, where any length will do. */
  largestBuffer: number | null;
}

/** Heap that lies between tensors, and that WebAssembly's memory grows ahead of what is asked for. */
const HEAP_SLACK = 1.1;

/**
 * Planned before it is taken. `texts`: the longest batch, longest first. On WebGPU a step is imagined: everything is
 * done but the work itself. On the processor steps of one and of two rows are taken: with every further row the
 * bytes that are taken after each tensor grow by as much again.
 */
export async function planTrial(
  run: TrialRun,
  texts: readonly EncodedText[],
  { pause }: Pick<TrialClock, 'pause'>,
): Promise<TrialMemory> {
  // The third batch that is added up needs what the second one did.
  const trial = await openTrial(run, texts, Math.min(2, run.settings.accumulation));
  try {
    const { options } = trial;
    const imagined = stepMemory({ ...options, step: 0 });
    if (imagined) {
      return { peak: tensorBytes() + imagined.held, largestBuffer: imagined.largest };
    }
    const [longest] = texts as [EncodedText];
    const read = Array<EncodedText>(Math.ceil(READING_TOKENS / paddedLength(longest.ids.length))).fill(
      longest,
    );
    // What reading takes stays in the heap.
    await drain(readTexts(options.model, read, keptLevel(options.model)));
    const along: number[][] = [];
    for (const rows of [1, 2]) {
      const batches = options.batches.map(() => Array<number>(rows).fill(0));
      along.push(bytesAlongStep({ ...options, batches, step: rows - 1 }));
      await pause();
    }
    const [one, two] = along as [number[], number[]];
    const further = texts.length - 1;
    const after = one.map((bytes, tensor) => bytes + further * ((two[tensor] as number) - bytes));
    return {
      peak: Math.max(backendBytes(), HEAP_SLACK * (lasting(options.model) + Math.max(...after))),
      largestBuffer: null,
    };
  } finally {
    trial.dispose();
  }
}

/** Reads the texts and trains on them as one batch, a median of steps after those that compile and settle. */
export async function timeTrial(
  run: TrialRun,
  texts: readonly EncodedText[],
  { now, pause, beat = Number.POSITIVE_INFINITY }: TrialClock,
): Promise<Speeds> {
  const trial = await openTrial(run, texts, 1);
  try {
    const { options, tokens } = trial;
    const { model, runner } = options;
    const keep = keptLevel(model);
    await drain(readTexts(model, texts, keep));
    await pause();
    const started = now();
    await drain(readTexts(model, texts, keep));
    const read = (now() - started) / tokens;
    const times: number[] = [];
    const took = (from: number): number => times.slice(from).reduce((sum, ms) => sum + ms, 0);
    while (times.length < runner.settling + TIMED_STEPS) {
      await pause();
      const begun = now();
      await trainStep({ ...options, step: times.length });
      times.push(now() - begun);
      const settled = times.length > runner.settling;
      if (settled && (took(runner.settling) > ENOUGH_MS || (times.at(-1) as number) > 2 * beat)) break;
      if (!settled && took(0) > HOPELESS_MS) break;
    }
    const timed = times.length > runner.settling ? times.slice(runner.settling) : times.slice(-1);
    const median = timed.sort((a, b) => a - b)[Math.floor(timed.length / 2)] as number;
    return { read, train: median / tokens, step: median };
  } finally {
    trial.dispose();
  }
}

/** Bytes of the base, and of what moves with its two moments. */
function lasting({ base, trainable }: TunedModel): number {
  const moving = [...trainable.values()].reduce((sum, { variable }) => sum + variable.size, 0);
  return 4 * (base.parameters + 3 * moving);
}

interface Trial {
  /** Of a step on all texts as one batch, as often as was asked for. */
  options: Omit<StepOptions, 'step'>;
  /** Padded, of a batch. */
  tokens: number;
  dispose(): void;
}

async function openTrial(
  run: TrialRun,
  texts: readonly EncodedText[],
  batchesOfStep: number,
): Promise<Trial> {
  const { base, spec, settings, classes } = run;
  const method = await loadMethod(spec.id);
  const owned: { dispose(): void }[] = [];
  const own = <T extends { dispose(): void }>(item: T): T => {
    owned.push(item);
    return item;
  };
  const dispose = (): void => {
    for (const item of owned.reverse()) item.dispose();
  };
  try {
    const model = own(
      createTuned({ base, method, spec, settings: run.method, classes, seed: settings.seed }),
    );
    const optimizer = own(optimizerFor(model, settings.weightDecay, settings.headRatio));
    const runner = own(createStepRunner());
    const longest = texts.reduce((most, text) => Math.max(most, text.ids.length), 1);
    const all = Array.from(texts.keys());
    const batches = Array.from({ length: batchesOfStep }, () => all);
    return {
      options: { model, optimizer, runner, rows: trialRows(model, texts), batches, settings, factor: 1 },
      tokens: texts.length * paddedLength(longest),
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** What reading every row keeps of it: the last frozen layer, unless all are. */
function keptLevel({ base, frozenLayers }: TunedModel): number | null {
  return frozenLayers > 0 && frozenLayers < base.encoder.shape.layers ? frozenLayers : null;
}

/** With made-up values for what a run keeps of its frozen layers: a step takes as long on any. */
function trialRows(tuned: TunedModel, texts: readonly EncodedText[]): Rows {
  const { layers, width } = tuned.base.encoder.shape;
  const level = tuned.frozenLayers;
  const keptOf = ({ ids }: EncodedText): Float32Array =>
    Float32Array.from({ length: width * (level === layers ? 1 : ids.length) }, (_, i) => Math.sin(i));
  return {
    texts,
    labels: new Int32Array(texts.length),
    cache: level === 0 ? null : { level, values: texts.map(keptOf) },
  };
}
