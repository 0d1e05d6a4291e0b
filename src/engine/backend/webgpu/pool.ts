/**
 * GPU buffers for TensorFlow.js in place of its own pool, which keys by exact size, never trims, and waits for a
 * submit before it reuses. Commands run in order, so memory given back may serve the very next command; only what
 * the host writes goes ahead of commands not yet submitted, and takes buffers that none of those touch.
 *
 * While a step is recorded its buffers come from an arena that all recorded steps share, since they run one after
 * the other and nothing in the arena outlives a step.
 */

export const STORAGE = 0x80 /* STORAGE */ | 0x40 /* UNIFORM */ | 0x04 /* COPY_SRC */ | 0x08; /* COPY_DST */
const UNIFORM = 0x40 | 0x08;

const ALIGNMENT = 256;
/** How much larger than asked for a reused buffer may be. */
const SLACK = 1.25;
/** Free buffers that nothing took during this many trims are given back. */
const IDLE_TRIMS = 8;

interface Free {
  buffer: GPUBuffer;
  trim: number;
  /** Commands not yet submitted may still use it. */
  submit: number;
}

/** Free buffers by size, smallest first. */
class FreeList {
  readonly buffers: Free[] = [];

  put(free: Free): void {
    this.buffers.splice(this.placeOf(free.buffer.size), 0, free);
  }

  /** The smallest that holds `size`, is at most `most` long and passes `fits`. */
  take(size: number, most: number, fits: (free: Free) => boolean): GPUBuffer | null {
    for (let i = this.placeOf(size); i < this.buffers.length; i++) {
      const free = this.buffers[i] as Free;
      if (free.buffer.size > most) return null;
      if (!fits(free)) continue;
      this.buffers.splice(i, 1);
      return free.buffer;
    }
    return null;
  }

  private placeOf(size: number): number {
    let [low, high] = [0, this.buffers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.buffers[middle] as Free).buffer.size < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a first recorded step would take of the arena, without taking it. */
export class ImaginedMemory {
  /** Bytes in use at once, at most. */
  live = 0;
  /** Bytes of all buffers. */
  held = 0;
  /** Bytes of the largest. */
  largest = 0;
  private inUse = 0;
  private readonly used = new Map<GPUBuffer, number>();
  private readonly free = new FreeList();

  take(size: number): GPUBuffer {
    let buffer = this.free.take(size, snug(size), () => true);
    if (!buffer) {
      this.held += size;
      this.largest = Math.max(this.largest, size);
      buffer = { size, usage: STORAGE } as GPUBuffer;
    }
    this.used.set(buffer, size);
    this.inUse += size;
    this.live = Math.max(this.live, this.inUse);
    return buffer;
  }

  give(buffer: GPUBuffer): boolean {
    const size = this.used.get(buffer);
    if (size === undefined) return false;
    this.used.delete(buffer);
    this.inUse -= size;
    this.free.put({ buffer, trim: 0, submit: 0 });
    return true;
  }
}

/** Told of the buffers that a step takes while it is recorded. */
export interface Claim {
  took(buffer: GPUBuffer, use: 'arena' | 'constant'): void;
  /** Bytes of the arena in use now. */
  used(bytes: number): void;
}

export class BufferPool {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  /** Most bytes ever held. */
  peakBytes = 0;
  private arenaBytesUsed = 0;

  private readonly free = new Map<number, FreeList>();
  private readonly arena = new FreeList();
  private readonly arenaBuffers = new Set<GPUBuffer>();
  /** Bytes asked for of an arena buffer in use, which may be longer. */
  private readonly asked = new Map<GPUBuffer, number>();
  /** Content fixed for a recorded step: not to be reused while it is kept. */
  private readonly constants = new Set<GPUBuffer>();
  private readonly used = new Set<GPUBuffer>();
  private claim: Claim | null = null;
  private imagined: ImaginedMemory | null = null;
  private steps = 0;
  private submits = 0;
  private trims = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly released: (buffer: GPUBuffer) => void,
  ) {}

  /** From here on buffers are taken for a recorded step, one of `steps` that are kept; until called with null. */
  claimFor(claim: Claim | null, steps = 0): void {
    this.claim = claim;
    this.steps = steps;
  }

  /** Bytes of the arena that recorded steps share. */
  get arenaBytes(): number {
    return [...this.arenaBuffers].reduce((sum, { size }) => sum + size, 0);
  }

  /** Storage that holds nothing between steps, for tests that poison it: the arena, and what is free. */
  get idleStorage(): readonly GPUBuffer[] {
    return [...this.arenaBuffers, ...this.listOf(STORAGE).buffers.map(({ buffer }) => buffer)];
  }

  /** From here on storage is only counted, until called with null. */
  imagine(imagined: ImaginedMemory | null): void {
    this.imagined = imagined;
  }

  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): GPUBuffer {
    if (this.imagined && (usage & 0x80) !== 0) return this.imagined.take(roundUp(size));
    if (usage === UNIFORM) return this.forHost(size, usage);
    if ((usage & 0x80) === 0) return this.take(size, usage, mappedAtCreation, reuse, () => true);
    return this.claim ? this.forStep(size, this.claim) : this.stay(size);
  }

  /** Storage that outlives a step, whether one is being recorded or not. */
  stay(size: number): GPUBuffer {
    return this.take(size, STORAGE, false, true, () => true);
  }

  /** A buffer that the host may write to at once, ahead of commands not yet submitted. */
  forHost(size: number, usage = STORAGE): GPUBuffer {
    if (this.claim) {
      const buffer = this.create(roundUp(size), usage, false);
      this.constants.add(buffer);
      this.claim.took(buffer, 'constant');
      return this.use(buffer);
    }
    return this.take(size, usage, false, true, ({ submit }) => submit < this.submits);
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (this.imagined?.give(buffer)) return;
    if (!this.used.delete(buffer)) return;
    this.numBytesUsed -= buffer.size;
    this.released(buffer);
    if (this.constants.has(buffer)) return;
    if (this.arenaBuffers.has(buffer)) {
      this.endUse(buffer);
      this.arena.put(this.freed(buffer));
    } else if (reuse) this.listOf(buffer.usage).put(this.freed(buffer));
    else this.destroy(buffer);
  }

  /** Gives up a recorded step's buffers; those that other steps use stay. */
  giveUp(buffers: Iterable<GPUBuffer>): void {
    for (const buffer of buffers) {
      const wasConstant = this.constants.delete(buffer);
      const wasArena = this.arenaBuffers.delete(buffer);
      if (this.used.has(buffer)) {
        if (wasArena) this.endUse(buffer);
        continue;
      }
      if (wasArena) {
        const at = this.arena.buffers.findIndex((free) => free.buffer === buffer);
        if (at >= 0) this.arena.buffers.splice(at, 1);
      }
      if (wasConstant || wasArena) this.listOf(buffer.usage).put(this.freed(buffer));
    }
  }

  submitted(): void {
    this.submits++;
  }

  /** Destroys what has lain idle for `idle` trims; only between submits, since queued commands may not name a destroyed buffer. */
  trim(idle = IDLE_TRIMS): void {
    this.trims++;
    for (const list of this.free.values()) {
      const unused = list.buffers.filter(({ trim }) => trim < this.trims - idle);
      for (const free of unused) {
        list.buffers.splice(list.buffers.indexOf(free), 1);
        this.destroy(free.buffer);
      }
    }
  }

  getNumUsedBuffers(): number {
    return this.used.size;
  }

  getNumFreeBuffers(): number {
    return [...this.free.values(), this.arena].reduce((sum, list) => sum + list.buffers.length, 0);
  }

  dispose(): void {
    for (const buffer of this.used) buffer.destroy();
    for (const list of [...this.free.values(), this.arena])
      for (const { buffer } of list.buffers) buffer.destroy();
    this.used.clear();
    this.free.clear();
    this.arena.buffers.length = 0;
    this.numBytesUsed = 0;
    this.numBytesAllocated = 0;
  }

  private forStep(size: number, claim: Claim): GPUBuffer {
    const rounded = roundUp(size);
    const most = snug(rounded);
    const buffer =
      this.arena.take(rounded, most, () => true) ??
      this.listOf(STORAGE).take(rounded, most, () => true) ??
      // A shorter text's step fits into what a longer one's left; the first has nothing to fit into.
      (this.steps > 1 ? this.arena.take(rounded, Number.POSITIVE_INFINITY, () => true) : null) ??
      this.create(rounded, STORAGE, false);
    this.arenaBuffers.add(buffer);
    this.arenaBytesUsed += rounded;
    this.asked.set(buffer, rounded);
    claim.took(buffer, 'arena');
    claim.used(this.arenaBytesUsed);
    return this.use(buffer);
  }

  private endUse(buffer: GPUBuffer): void {
    this.arenaBytesUsed -= this.asked.get(buffer) ?? 0;
    this.asked.delete(buffer);
  }

  private take(
    size: number,
    usage: number,
    mapped: boolean,
    reuse: boolean,
    fits: (free: Free) => boolean,
  ): GPUBuffer {
    // What is mapped when made must be new, and is asked for by its exact size.
    if (mapped || !reuse) return this.use(this.create(size, usage, mapped));
    const rounded = roundUp(size);
    const found = this.listOf(usage).take(rounded, snug(rounded), fits);
    return this.use(found ?? this.create(rounded, usage, false));
  }

  private create(size: number, usage: number, mappedAtCreation: boolean): GPUBuffer {
    this.numBytesAllocated += size;
    this.peakBytes = Math.max(this.peakBytes, this.numBytesAllocated);
    return this.device.createBuffer({ size, usage, mappedAtCreation });
  }

  private use(buffer: GPUBuffer): GPUBuffer {
    this.used.add(buffer);
    this.numBytesUsed += buffer.size;
    return buffer;
  }

  private freed(buffer: GPUBuffer): Free {
    return { buffer, trim: this.trims, submit: this.submits };
  }

  private destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    buffer.destroy();
  }

  private listOf(usage: number): FreeList {
    const list = this.free.get(usage) ?? new FreeList();
    this.free.set(usage, list);
    return list;
  }
}

/** The longest buffer that may serve so few bytes. */
const snug = (size: number): number => Math.max(size * SLACK, 4096);

export const roundUp = (size: number): number => Math.max(ALIGNMENT, Math.ceil(size / ALIGNMENT) * ALIGNMENT);
