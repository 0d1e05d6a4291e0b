/**
 * Runs the same work at every step of a training: eagerly, or, on WebGPU, from a recording. Shapes are fixed per
 * batch shape, so what the second step of a shape encodes is kept and encoded again for the rest: no kernel is
 * chosen, no buffer made, no gradient tape written. Whatever differs from step to step is an input.
 */
import * as tf from '@tensorflow/tfjs-core';
import { tune } from './kernels/webgpu/tune';
import { bytesAlong } from './tensorTrace';
import type { HoneWebGpuBackend } from './webgpu/backend';
import type { Recording } from './webgpu/recording';

export interface StepInput {
  shape: readonly number[];
  /** Float32Array → float32, Int32Array → int32. */
  values: Float32Array | Int32Array;
}

/** From inputs to a result of a few numbers; must not keep a tensor, nor read one on the host. */
type Body = (inputs: Record<string, tf.Tensor>) => tf.Tensor;

/** Recordings kept: batches come in few lengths, and all recordings share their memory. */
const KEPT = 8;
/** A submit should not hold the graphics card longer: the page is drawn in between, and drivers give up on long ones. */
const SUBMIT_MS = 400;
const MOST_SUBMITS = 32;

interface Recorded {
  recording: Recording;
  inputs: Record<string, tf.Tensor>;
  /** Where the result lies. */
  result: GPUBufferBinding;
  /** Numbers in all inputs: how large a batch it is for. */
  size: number;
  submits: number;
}

export interface StepMemory {
  /** Most bytes that one step's own tensors need at once. */
  live: number;
  /** Bytes held for all recorded steps. */
  held: number;
}

export interface PlannedMemory extends StepMemory {
  /** Bytes of the largest buffer. */
  largest: number;
}

export interface StepRunner {
  /** Does `body` on the inputs; two runs with one set of shapes must do the same work. */
  run(inputs: Readonly<Record<string, StepInput>>, body: Body): Promise<Float32Array>;
  /** What recording this would take, without doing it; null where nothing is recorded. */
  plan(inputs: Readonly<Record<string, StepInput>>, body: Body): PlannedMemory | null;
  /**
   * Where nothing is recorded: bytes that are taken after each tensor of the body, which is done eagerly. Bodies that
   * do the same on other numbers of rows differ by as much a row, tensor by tensor.
   */
  bytesAlong(inputs: Readonly<Record<string, StepInput>>, body: Body): number[];
  /** Of the largest recorded step; null while nothing is recorded. */
  memory(): StepMemory | null;
  /** Steps of a shape that compile, choose and record, before one takes its usual time. */
  readonly settling: number;
  dispose(): void;
}

/** `record: false` does every step eagerly, for comparison. */
export function createStepRunner({ record = true } = {}): StepRunner {
  const recorded = new Map<string, Recorded>();
  const seen = new Set<string>();

  function drop(key: string): void {
    const step = recorded.get(key);
    if (!step) return;
    recorded.delete(key);
    recorder()?.drop(step.recording);
    tf.dispose(step.inputs);
  }

  async function eagerly(given: Readonly<Record<string, StepInput>>, body: Body): Promise<Float32Array> {
    const inputs = toTensors(given);
    const result = body(inputs);
    try {
      return (await result.data()) as Float32Array;
    } finally {
      tf.dispose([result, inputs]);
    }
  }

  async function anew(
    gpu: HoneWebGpuBackend,
    key: string,
    given: Readonly<Record<string, StepInput>>,
    body: Body,
  ): Promise<Float32Array> {
    const size = sizeOf(given);
    // A longer batch would not fit into the shared memory of shorter ones: it goes first, and they follow anew.
    if ([...recorded.values()].some((step) => step.size < size)) {
      for (const other of [...recorded.keys()]) drop(other);
    }
    const inputs = toTensors(given);
    for (const input of Object.values(inputs)) gpu.uploadToGPU(input.dataId);
    const { result, recording } = gpu.record(() => body(inputs));
    if (recording) {
      const where = gpu.binding(result);
      recorded.set(key, { recording, inputs, result: where, size, submits: 1 });
      for (const old of [...recorded.keys()].slice(0, -KEPT)) drop(old);
    }
    try {
      return (await result.data()) as Float32Array;
    } finally {
      tf.dispose(recording ? [result] : [result, inputs]);
    }
  }

  async function again(
    gpu: HoneWebGpuBackend,
    step: Recorded,
    given: Readonly<Record<string, StepInput>>,
  ): Promise<Float32Array> {
    for (const [name, { values }] of Object.entries(given)) {
      gpu.overwrite(step.inputs[name] as tf.Tensor, values);
    }
    const started = performance.now();
    const values = await gpu.replay(step.recording, step.result, step.submits);
    const submits = Math.ceil((performance.now() - started) / SUBMIT_MS);
    step.submits = Math.min(MOST_SUBMITS, submits);
    return new Float32Array(values);
  }

  return {
    settling: record && recorder() ? 2 : 1,
    async run(given, body) {
      const gpu = record ? recorder() : null;
      if (!gpu) return eagerly(given, body);
      const key = keyOf(given);
      const step = recorded.get(key);
      if (step?.recording.valid) {
        // Last in, last out: the map's order is that of use.
        recorded.delete(key);
        recorded.set(key, step);
        return again(gpu, step, given);
      }
      drop(key);
      // The first of a shape compiles and settles where weights lie; one that never comes back is not worth keeping.
      if (!seen.has(key)) {
        seen.add(key);
        return eagerly(given, body);
      }
      await tune(gpu);
      return anew(gpu, key, given, body);
    },
    plan(given, body) {
      const gpu = record ? recorder() : null;
      if (!gpu) return null;
      const inputs = toTensors(given);
      for (const input of Object.values(inputs)) gpu.uploadToGPU(input.dataId);
      const { live, held, largest } = gpu.measure(() => body(inputs));
      tf.dispose(inputs);
      return { live, held, largest };
    },
    bytesAlong: (given, body) =>
      bytesAlong(() => {
        const inputs = toTensors(given);
        tf.dispose([body(inputs), inputs]);
      }),
    memory() {
      const live = [...recorded.values()].map(({ recording }) => recording.liveBytes);
      return live.length > 0 ? { live: Math.max(...live), held: recorder()?.arenaBytes ?? 0 } : null;
    },
    dispose() {
      for (const key of [...recorded.keys()]) drop(key);
    },
  };
}

function recorder(): HoneWebGpuBackend | null {
  const backend = tf.backend() as unknown as Partial<HoneWebGpuBackend>;
  return backend.record ? (backend as HoneWebGpuBackend) : null;
}

const keyOf = (inputs: Readonly<Record<string, StepInput>>): string =>
  Object.entries(inputs)
    .map(([name, { shape }]) => `${name}[${shape}]`)
    .join();

const sizeOf = (inputs: Readonly<Record<string, StepInput>>): number =>
  Object.values(inputs).reduce((sum, { values }) => sum + values.length, 0);

/** The caller disposes them. */
export function toTensors(inputs: Readonly<Record<string, StepInput>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, values }]) => [
      name,
      tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}
