/** Small numbers that programs are called with, written once for each distinct set and kept: no write, no buffer a call. */

const PLACE = 256;
const PLACES = 256;

export class UniformCache {
  private readonly known = new Map<string, GPUBufferBinding>();
  private chunk: GPUBuffer | null = null;
  private taken = 0;

  constructor(private readonly device: GPUDevice) {}

  of(types: readonly ('u32' | 'f32')[], values: readonly number[]): GPUBufferBinding {
    const key = `${types.join('')}:${values.join()}`;
    const known = this.known.get(key);
    if (known) return known;
    const size = Math.ceil(values.length / 4) * 16;
    if (!this.chunk || this.taken === PLACES) {
      this.chunk = this.device.createBuffer({
        size: PLACE * PLACES,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      this.taken = 0;
    }
    const bytes = new DataView(new ArrayBuffer(size));
    values.forEach((value, i) => {
      if (types[i] === 'u32') bytes.setUint32(4 * i, value, true);
      else bytes.setFloat32(4 * i, value, true);
    });
    const place = { buffer: this.chunk, offset: PLACE * this.taken++, size };
    // A place is written before anything uses it and never again, so no command in flight can see it change.
    this.device.queue.writeBuffer(place.buffer, place.offset, bytes.buffer);
    this.known.set(key, place);
    return place;
  }
}
