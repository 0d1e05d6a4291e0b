/**
 * What a WGSL kernel needs of the back end: memory for its results and a way to run a program on tensors. The
 * back end (`backend/webgpu/`) implements it; kernels know nothing of TensorFlow.js beyond tensors.
 */
import type * as tf from '@tensorflow/tfjs-core';

/** [name, WGSL type] of a binding: an element of a storage array, or the whole of a uniform. */
export type Binding = readonly [name: string, type: string];

/** A compute shader without its declarations, which follow from the bindings. */
export interface Program {
  /** Storage arrays read, then written; a written one may be read, too. */
  reads: readonly Binding[];
  writes: readonly Binding[];
  /** Tensors of a few values, bound as uniforms: adapters offer few storage bindings. */
  scalars?: readonly Binding[];
  /** Plain numbers of the call, as fields of `u`. */
  uniforms: readonly (readonly [name: string, type: 'u32' | 'f32'])[];
  workgroup: readonly [x: number, y: number, z: number];
  /** Declarations and `main`'s body; it sees `id`, `local`, `group`, `lane` and `groups`. */
  declarations?: string;
  body: string;
}

/** A tensor, or a stretch of several that lie side by side. */
export type Bound = tf.TensorInfo | FlatStretch;

/** One buffer that holds several tensors, each at its own aligned place. */
export interface FlatStretch {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

export interface Call {
  /** Equal keys mean equal programs: a program is made and compiled once a key. */
  key: string;
  program: () => Program;
  reads: readonly Bound[];
  writes: readonly Bound[];
  scalars?: readonly tf.TensorInfo[];
  uniforms: readonly number[];
  groups: readonly [x: number, y: number, z: number];
}

export interface Gpu {
  /** Storage bindings a program may have. */
  readonly storageBindings: number;
  readonly maxGroups: number;
  /** The processor plays the graphics card: no caches to share within a workgroup, and barriers are dear. */
  readonly software: boolean;
  make(shape: readonly number[], dtype?: 'float32' | 'int32'): tf.TensorInfo;
  /** The same values again, as a result of their own. */
  alias(tensor: tf.TensorInfo): tf.TensorInfo;
  /** Frees what a kernel made for itself; later commands may reuse its memory at once. */
  free(tensor: tf.TensorInfo): void;
  run(call: Call): void;
  /** Resolves when all that was asked for is done. */
  finish(): Promise<void>;
  /**
   * Moves tensors that stay (weights, moments) into as few buffers as bindings allow, if they are not there yet:
   * `first`… of each stretch in the given order, its elements `starts` apart.
   */
  flatten(tensors: readonly tf.TensorInfo[]): readonly FlatGroup[];
}

/** Tensors `first`, `first + 1`, … of those flattened; `starts` in elements from the stretch's beginning. */
export interface FlatGroup {
  stretch: FlatStretch;
  first: number;
  starts: readonly number[];
}

export const gpuOf = (backend: unknown): Gpu => backend as Gpu;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Enough workgroups of `size` for `count` threads, folded into two dimensions where one is too short. */
export function linear(gpu: Gpu, count: number, size: number): readonly [x: number, y: number, z: number] {
  const groups = Math.max(1, Math.ceil(count / size));
  if (groups <= gpu.maxGroups) return [groups, 1, 1];
  const y = Math.ceil(groups / gpu.maxGroups);
  return [Math.ceil(groups / y), y, 1];
}

/** The thread's number in a grid made by `linear`. */
export const linearIndex = (size: number): string => `(group.y * groups.x + group.x) * ${size}u + lane`;

/** The row of a workgroup in the grid `linear(gpu, rows, 1)`; folding may add some past the end. */
export const ROW_INDEX = 'group.y * groups.x + group.x';

/** Declarations that follow from the bindings, then the code. */
export function sourceOf(program: Program): string {
  const lines: string[] = [];
  let at = 0;
  for (const [name, type] of program.reads) {
    lines.push(`@group(0) @binding(${at++}) var<storage, read> ${name}: array<${type}>;`);
  }
  for (const [name, type] of program.writes) {
    lines.push(`@group(0) @binding(${at++}) var<storage, read_write> ${name}: array<${type}>;`);
  }
  for (const [name, type] of program.scalars ?? []) {
    lines.push(`@group(0) @binding(${at++}) var<uniform> ${name}: ${type};`);
  }
  if (program.uniforms.length > 0) {
    const fields = program.uniforms.map(([name, type]) => `${name}: ${type},`).join(' ');
    lines.push(`struct Uniforms { ${fields} }`, `@group(0) @binding(${at++}) var<uniform> u: Uniforms;`);
  }
  const [x, y, z] = program.workgroup;
  return `${lines.join('\n')}
${program.declarations ?? ''}
@compute @workgroup_size(${x}, ${y}, ${z})
fn main(
  @builtin(global_invocation_id) id: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(num_workgroups) groups: vec3<u32>,
) {
${program.body}
}
`;
}
