/**
 * TensorFlow.js's WebGPU back end on a device of ours, changed where training needs it: buffers are reused at once,
 * values are uploaded without staging, tensors that stay may share a buffer, fused kernels run on it directly, and
 * everything a step encodes can be recorded. The one place that knows TensorFlow.js's WebGPU internals.
 */
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Bound,
  type Call,
  type FlatGroup,
  type FlatStretch,
  type Gpu,
  sizeOf,
  sourceOf,
} from '../kernels/webgpu/gpu';
import { BufferPool, ImaginedMemory, roundUp, STORAGE } from './pool';
import { Recording } from './recording';
import { UniformCache } from './uniforms';

/** A stretch of a shared buffer; the buffer lives as long as one of its stretches. */
interface Shared {
  buffer: GPUBuffer;
  stretches: number;
}

class Stretch implements FlatStretch {
  constructor(
    readonly shared: Shared,
    readonly offset: number,
    readonly size: number,
  ) {}

  get buffer(): GPUBuffer {
    return this.shared.buffer;
  }
}

interface Stored {
  dtype: tf.DataType;
  shape: number[];
  values: tf.BackendValues | null;
  refCount: number;
  resource?: GPUBuffer | Stretch | null;
  external?: boolean;
}

/** The private parts of WebGPUBackend that are replaced or used. */
interface Internals {
  bufferManager: BufferPool;
  tensorMap: { get(id: tf.DataId): Stored; has(id: tf.DataId): boolean; delete(id: tf.DataId): boolean };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: { add(id: tf.DataId): void; has(id: tf.DataId): boolean };
  uniformPendingDisposal: GPUBuffer[];
  dispatchCountInPass: number;
  tensorToBinding(tensor: tf.TensorInfo): GPUBufferBinding;
  releaseResource(id: tf.DataId): void;
}

interface Compiled {
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  uniformTypes: readonly ('u32' | 'f32')[];
}

const MAP_READ = 0x01 | 0x08; /* MAP_READ, COPY_DST */
/** Dispatches a submit while nothing is recorded. */
const BATCH = 32;

/** Takes commands and forgets them. */
const NO_COMMANDS = {
  beginComputePass: () => ({
    setPipeline: () => undefined,
    setBindGroup: () => undefined,
    dispatchWorkgroups: () => undefined,
    end: () => undefined,
  }),
  copyBufferToBuffer: () => undefined,
} as unknown as GPUCommandEncoder;

const bytesOf = (tensor: { shape: readonly number[] }): number => 4 * sizeOf(tensor.shape);

export class HoneWebGpuBackend extends WebGPUBackend implements Gpu {
  readonly storageBindings: number;
  readonly maxGroups: number;
  private readonly internals: Internals;
  private readonly pool: BufferPool;
  private readonly uniforms: UniformCache;
  private readonly compiled = new Map<string, Compiled>();
  private readonly recordings = new Set<Recording>();
  private recording: Recording | null = null;
  /** The tensor read last, until something is encoded that may change it. */
  private lastRead: { id: tf.DataId; values: tf.BackendValues } | null = null;
  private encodings = 0;
  /** Nothing is done on the GPU but compiling; memory is counted. */
  private imagining = false;

  constructor(
    device: GPUDevice,
    info: GPUAdapterInfo | undefined,
    readonly software: boolean,
  ) {
    super(device, info);
    this.storageBindings = device.limits.maxStorageBuffersPerShaderStage;
    this.maxGroups = device.limits.maxComputeWorkgroupsPerDimension;
    this.pool = new BufferPool(device, (buffer) => this.forget(buffer));
    this.uniforms = new UniformCache(device);
    const internals = this as unknown as Internals;
    this.internals = internals;
    internals.bufferManager = this.pool;
    // Queue order keeps a freed tensor's memory safe, so none has to wait for the submit.
    internals.commandQueueOwnedIds = { add: () => undefined, has: () => false };
    internals.tensorToBinding = (tensor) => this.binding(tensor);
    internals.releaseResource = (id) => this.release(id);
    const createBindGroup = device.createBindGroup.bind(device);
    device.createBindGroup = (descriptor) => {
      if (this.imagining) return {} as GPUBindGroup;
      this.recording?.uses(descriptor.entries);
      return createBindGroup(descriptor);
    };
  }

  // ── TensorFlow.js's side ──────────────────────────────────────────────────────────────────────────────────────

  override ensureCommandEncoderReady(): void {
    const { internals, device } = this;
    this.encoding();
    if (internals.commandEncoder) return;
    if (this.imagining) {
      internals.commandEncoder = NO_COMMANDS;
      return;
    }
    const encoder = device.createCommandEncoder();
    internals.commandEncoder = this.recording ? this.recording.watch(encoder) : encoder;
  }

  override submitQueue(): void {
    const { internals } = this;
    const encoder = internals.commandEncoder;
    if (!encoder) return;
    this.endComputePassEncoder();
    if (!this.imagining) this.queue.submit([encoder.finish()]);
    internals.commandEncoder = null;
    internals.dispatchCountInPass = 0;
    for (const buffer of internals.uniformPendingDisposal) this.pool.releaseBuffer(buffer);
    internals.uniformPendingDisposal = [];
    this.pool.submitted();
  }

  override uploadToGPU(id: tf.DataId): void {
    const stored = this.internals.tensorMap.get(id);
    if (stored.resource) return;
    const size = bytesOf(stored);
    const { values } = stored;
    if (values) {
      const buffer = this.pool.forHost(size);
      this.queue.writeBuffer(buffer, 0, typed(values, stored.dtype) as Float32Array<ArrayBuffer>);
      stored.resource = buffer;
      stored.values = null;
    } else {
      stored.resource = this.pool.acquireBuffer(size, STORAGE);
    }
  }

  /** What is read is not kept as TensorFlow.js keeps it, for kernels change weights in place. */
  override async read(id: tf.DataId): Promise<tf.BackendValues> {
    const stored = this.internals.tensorMap.get(id);
    if (stored.values) return stored.values;
    // Two tensors in one, each with a buffer of its own.
    if (stored.dtype === 'complex64') return super.read(id);
    const { buffer, offset = 0 } = this.binding({ dataId: id, shape: stored.shape, dtype: stored.dtype });
    const reading = this.readBack(buffer, offset, bytesOf(stored));
    const { encodings } = this;
    const values = tf.util.convertBackendValuesAndArrayBuffer(await reading, stored.dtype);
    if (encodings === this.encodings) this.lastRead = { id, values };
    return values;
  }

  /** Operations that work on the host ask at once for what their caller has just read. */
  override readSync(id: tf.DataId): tf.BackendValues {
    return this.lastRead?.id === id ? this.lastRead.values : super.readSync(id);
  }

  // ── the kernels' side ─────────────────────────────────────────────────────────────────────────────────────────

  make(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): tf.TensorInfo {
    if (sizeOf(shape) === 0)
      throw new RangeError(`a fused kernel was given no rows: its result is [${shape}]`);
    const info = this.makeTensorInfo([...shape], dtype);
    this.uploadToGPU(info.dataId);
    return info;
  }

  free(tensor: tf.TensorInfo): void {
    this.disposeData(tensor.dataId);
  }

  run(call: Call): void {
    const { pipeline, layout, uniformTypes } = this.compile(call);
    const entries: GPUBindingResource[] = [];
    for (const list of [call.reads, call.writes, call.scalars ?? []]) {
      for (const bound of list) entries.push(this.binding(bound));
    }
    if (call.uniforms.length > 0) entries.push(this.uniforms.of(uniformTypes, call.uniforms));
    const group = this.device.createBindGroup({
      layout,
      entries: entries.map((resource, binding) => ({ binding, resource })),
    });
    const { internals } = this;
    this.ensureCommandEncoderReady();
    internals.computePassEncoder ??= (internals.commandEncoder as GPUCommandEncoder).beginComputePass();
    const pass = internals.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...call.groups);
    if (++internals.dispatchCountInPass >= BATCH) this.submitQueue();
  }

  async finish(): Promise<void> {
    this.submitQueue();
    await this.queue.onSubmittedWorkDone();
  }

  alias(tensor: tf.TensorInfo): tf.TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
  }

  flatten(tensors: readonly tf.TensorInfo[]): readonly FlatGroup[] {
    const most = Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize);
    const groups: { first: number; offsets: number[]; size: number }[] = [];
    tensors.forEach((tensor, i) => {
      const size = roundUp(bytesOf(tensor));
      let last = groups.at(-1);
      if (!last || last.size + size > most) {
        last = { first: i, offsets: [], size: 0 };
        groups.push(last);
      }
      last.offsets.push(last.size);
      last.size += size;
    });
    return groups.map(({ first, offsets, size }) => {
      const members = tensors.slice(first, first + offsets.length);
      const shared = this.sharedBuffer(members, offsets);
      // An imagined step moves nothing.
      const buffer =
        shared ?? (this.imagining ? ({ size } as GPUBuffer) : this.share(members, offsets, size));
      return { stretch: { buffer, offset: 0, size }, first, starts: offsets.map((offset) => offset / 4) };
    });
  }

  // ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Runs `body`, and notes what it encodes; null where that cannot be done again. */
  record<T>(body: () => T): { result: T; recording: Recording | null } {
    this.submitQueue();
    const recording = new Recording();
    this.recording = recording;
    this.recordings.add(recording);
    this.pool.claimFor(recording, this.recordings.size);
    try {
      const result = body();
      this.submitQueue();
      return { result, recording: recording.valid ? recording : null };
    } catch (error) {
      recording.valid = false;
      throw error;
    } finally {
      this.recording = null;
      this.pool.claimFor(null);
      if (!recording.valid) this.drop(recording);
    }
  }

  /** The memory that `body` would take when recorded, by doing everything but the work itself. */
  measure(body: () => tf.Tensor): ImaginedMemory {
    this.submitQueue();
    const memory = new ImaginedMemory();
    this.imagining = true;
    this.pool.imagine(memory);
    try {
      tf.dispose(body());
      this.submitQueue();
    } finally {
      this.imagining = false;
      this.pool.imagine(null);
      this.internals.commandEncoder = null;
      this.internals.computePassEncoder = null;
    }
    return memory;
  }

  /** Encodes a recording again, in `parts` submits, and brings back what it leaves in `from`. */
  async replay(recording: Recording, from: GPUBufferBinding, parts: number): Promise<ArrayBuffer> {
    this.submitQueue();
    this.encoding();
    const { commands } = recording;
    const size = from.size ?? from.buffer.size;
    const staging = this.pool.acquireBuffer(size, MAP_READ);
    for (let part = 0; part < parts; part++) {
      const encoder = this.device.createCommandEncoder();
      const [first, end] = [part, part + 1].map((i) => Math.round((i * commands.length) / parts));
      recording.encode(encoder, first as number, end as number);
      if (part === parts - 1) encoder.copyBufferToBuffer(from.buffer, from.offset ?? 0, staging, 0, size);
      this.queue.submit([encoder.finish()]);
    }
    this.pool.submitted();
    return this.take(staging, size);
  }

  /** Gives back all memory that nothing uses now. */
  trim(): void {
    this.submitQueue();
    this.pool.trim(0);
  }

  /** Bytes that recorded steps share. */
  get arenaBytes(): number {
    return this.pool.arenaBytes;
  }

  /** Storage that holds nothing between steps, for tests that poison it. */
  get idleStorage(): readonly GPUBuffer[] {
    return this.pool.idleStorage;
  }

  /** Gives up a recording and the memory that no other one shares. */
  drop(recording: Recording): void {
    recording.valid = false;
    if (!this.recordings.delete(recording)) return;
    const others = [...this.recordings];
    const arena = [...recording.arena].filter((buffer) => !others.some((other) => other.arena.has(buffer)));
    this.pool.giveUp([...recording.constants, ...arena]);
  }

  /** New values for a tensor on the GPU, seen by whatever is encoded next. */
  overwrite(tensor: tf.TensorInfo, values: Float32Array | Int32Array): void {
    const { buffer, offset = 0 } = this.binding(tensor);
    this.submitQueue();
    this.encoding();
    this.queue.writeBuffer(buffer, offset, values as Float32Array<ArrayBuffer>);
  }

  /** Where a tensor lies on the GPU. */
  binding(bound: Bound): GPUBufferBinding {
    if (!('dataId' in bound)) return { buffer: bound.buffer, offset: bound.offset, size: bound.size };
    const stored = this.internals.tensorMap.get(bound.dataId);
    if (!stored.resource) this.uploadToGPU(bound.dataId);
    const { resource } = stored;
    const size = Math.max(4, bytesOf(bound));
    if (resource instanceof Stretch) return { buffer: resource.buffer, offset: resource.offset, size };
    return { buffer: resource as GPUBuffer, offset: 0, size };
  }

  // ── private ───────────────────────────────────────────────────────────────────────────────────────────────────

  private encoding(): void {
    this.encodings++;
    this.lastRead = null;
  }

  private compile(call: Call): Compiled {
    const known = this.compiled.get(call.key);
    if (known) return known;
    const program = call.program();
    const kinds: GPUBufferBindingType[] = [
      ...program.reads.map(() => 'read-only-storage' as const),
      ...program.writes.map(() => 'storage' as const),
      ...(program.scalars ?? []).map(() => 'uniform' as const),
      ...(program.uniforms.length > 0 ? ['uniform' as const] : []),
    ];
    const layout = this.device.createBindGroupLayout({
      entries: kinds.map((type, binding) => ({ binding, visibility: 4 /* COMPUTE */, buffer: { type } })),
    });
    const pipeline = this.device.createComputePipeline({
      label: call.key,
      layout: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: {
        module: this.device.createShaderModule({ label: call.key, code: sourceOf(program) }),
        entryPoint: 'main',
      },
    });
    const made = { pipeline, layout, uniformTypes: program.uniforms.map(([, type]) => type) };
    this.compiled.set(call.key, made);
    return made;
  }

  /** Frees a tensor's memory. */
  private release(id: tf.DataId): void {
    const stored = this.internals.tensorMap.get(id);
    const resource = stored?.resource;
    if (!resource) return;
    stored.resource = null;
    if (stored.external) return;
    if (resource instanceof Stretch) this.leave(resource);
    else this.pool.releaseBuffer(resource);
  }

  private leave({ shared }: Stretch): void {
    this.forget(shared.buffer);
    if (--shared.stretches === 0) this.pool.releaseBuffer(shared.buffer);
  }

  /** Recordings that read a buffer are void once it is freed. */
  private forget(buffer: GPUBuffer): void {
    for (const recording of this.recordings) {
      if (!recording.externals.has(buffer)) continue;
      recording.valid = false;
      if (recording !== this.recording) this.drop(recording);
    }
  }

  /** The buffer that tensors share at just these offsets, if they do. */
  private sharedBuffer(tensors: readonly tf.TensorInfo[], offsets: readonly number[]): GPUBuffer | null {
    let buffer: GPUBuffer | null = null;
    for (const [i, { dataId }] of tensors.entries()) {
      const { resource } = this.internals.tensorMap.get(dataId);
      if (!(resource instanceof Stretch) || resource.offset !== offsets[i]) return null;
      if (buffer && buffer !== resource.buffer) return null;
      buffer = resource.buffer;
    }
    return buffer;
  }

  /** Moves tensors into one buffer. */
  private share(tensors: readonly tf.TensorInfo[], offsets: readonly number[], size: number): GPUBuffer {
    // Moving is done once; a recording of it would put old values back at every step.
    if (this.recording) this.recording.valid = false;
    const shared: Shared = { buffer: this.pool.stay(size), stretches: 0 };
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    tensors.forEach((tensor, i) => {
      const from = this.binding(tensor);
      const offset = offsets[i] as number;
      const bytes = bytesOf(tensor);
      (this.internals.commandEncoder as GPUCommandEncoder).copyBufferToBuffer(
        from.buffer,
        from.offset ?? 0,
        shared.buffer,
        offset,
        bytes,
      );
      this.release(tensor.dataId);
      shared.stretches++;
      this.internals.tensorMap.get(tensor.dataId).resource = new Stretch(shared, offset, bytes);
    });
    // What they leave is as large as all weights: it goes before the next array moves.
    this.submitQueue();
    this.pool.trim(0);
    return shared.buffer;
  }

  private async readBack(buffer: GPUBuffer, offset: number, size: number): Promise<ArrayBuffer> {
    const staging = this.pool.acquireBuffer(size, MAP_READ);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    (this.internals.commandEncoder as GPUCommandEncoder).copyBufferToBuffer(buffer, offset, staging, 0, size);
    this.submitQueue();
    return this.take(staging, size);
  }

  /** What a staging buffer holds, which then goes back to the pool. */
  private async take(staging: GPUBuffer, size: number): Promise<ArrayBuffer> {
    await staging.mapAsync(GPUMapMode.READ, 0, size);
    const data = staging.getMappedRange(0, size).slice(0);
    staging.unmap();
    this.pool.releaseBuffer(staging);
    if (!this.internals.commandEncoder) this.pool.trim();
    return data;
  }
}

function typed(values: tf.BackendValues, dtype: tf.DataType): Float32Array | Int32Array {
  if (dtype === 'float32')
    return values instanceof Float32Array ? values : Float32Array.from(values as Uint8Array);
  return values instanceof Int32Array ? values : Int32Array.from(values as Uint8Array);
}
