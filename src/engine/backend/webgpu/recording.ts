/** Everything one step encodes: pipelines with their bindings, and copies, ready to be encoded again. */
import type { Claim } from './pool';

type Command =
  | { pipeline: GPUComputePipeline; group: GPUBindGroup; size: readonly [number, number, number] }
  | { copy: readonly [from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, size: number] };

export class Recording implements Claim {
  readonly commands: Command[] = [];
  /** Shared with other recordings; nothing in them outlives a step. */
  readonly arena = new Set<GPUBuffer>();
  /** Its own, with content that is the same at every step. */
  readonly constants = new Set<GPUBuffer>();
  /** Weights, moments and inputs: it is void once one of them is freed. */
  readonly externals = new Set<GPUBuffer>();
  valid = true;
  /** Most bytes of the arena in use at once. */
  liveBytes = 0;

  took(buffer: GPUBuffer, use: 'arena' | 'constant'): void {
    this[use === 'arena' ? 'arena' : 'constants'].add(buffer);
  }

  used(bytes: number): void {
    this.liveBytes = Math.max(this.liveBytes, bytes);
  }

  uses(entries: Iterable<GPUBindGroupEntry>): void {
    for (const { resource } of entries) {
      if ('buffer' in resource) this.reads(resource.buffer);
    }
  }

  get dispatches(): number {
    return this.commands.filter((command) => 'pipeline' in command).length;
  }

  /** An encoder that notes what it encodes: the part of its interface that TensorFlow.js and we use. */
  watch(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const watched: Partial<GPUCommandEncoder> = {
      beginComputePass: (descriptor) => this.watchPass(encoder.beginComputePass(descriptor)),
      copyBufferToBuffer: (...copy: unknown[]) => {
        const [from, fromOffset, to, toOffset, size] = copy as [GPUBuffer, number, GPUBuffer, number, number];
        this.commands.push({ copy: [from, fromOffset, to, toOffset, size] });
        for (const buffer of [from, to]) this.reads(buffer);
        encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, size);
      },
      finish: () => encoder.finish(),
    };
    return watched as GPUCommandEncoder;
  }

  /** Encodes the commands from `first` up to `end`. */
  encode(encoder: GPUCommandEncoder, first: number, end: number): void {
    let pass: GPUComputePassEncoder | null = null;
    let current: GPUComputePipeline | null = null;
    for (let i = first; i < end; i++) {
      const command = this.commands[i] as Command;
      if ('copy' in command) {
        pass?.end();
        pass = null;
        const [from, fromOffset, to, toOffset, size] = command.copy;
        encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, size);
        continue;
      }
      if (!pass) {
        pass = encoder.beginComputePass();
        current = null;
      }
      if (command.pipeline !== current) pass.setPipeline(command.pipeline);
      current = command.pipeline;
      pass.setBindGroup(0, command.group);
      const [x, y, z] = command.size;
      pass.dispatchWorkgroups(x, y, z);
    }
    pass?.end();
  }

  private reads(buffer: GPUBuffer): void {
    if (!this.arena.has(buffer) && !this.constants.has(buffer)) this.externals.add(buffer);
  }

  private watchPass(pass: GPUComputePassEncoder): GPUComputePassEncoder {
    let pipeline: GPUComputePipeline | null = null;
    let group: GPUBindGroup | null = null;
    const watched: Partial<GPUComputePassEncoder> = {
      setPipeline(given) {
        pipeline = given;
        pass.setPipeline(given);
      },
      setBindGroup(index: number, given: GPUBindGroup | null | undefined) {
        group = given ?? null;
        pass.setBindGroup(index, given);
      },
      dispatchWorkgroups: (x: number, y = 1, z = 1) => {
        if (pipeline && group) this.commands.push({ pipeline, group, size: [x, y, z] });
        pass.dispatchWorkgroups(x, y, z);
      },
      end: () => pass.end(),
    };
    return watched as GPUComputePassEncoder;
  }
}
