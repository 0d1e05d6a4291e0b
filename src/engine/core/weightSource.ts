/**
 * Where a checkpoint's weights come from: one file or several, in memory, on disk or behind a connection. Tensors are
 * read one by one, so that no more than the largest is held beside what becomes of them.
 */
import { z } from 'zod';
import { EngineError } from './errors';
import {
  dataStart,
  type FloatTensor,
  readFloat32,
  readHeader,
  type TensorEntry,
  type TensorPlace,
  type TensorShape,
} from './safetensors';

/** A file that is read in pieces. */
export interface ByteSource {
  bytes: number;
  /** Bytes [begin, end); may share memory with the file: treat them as read-only. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

export interface WeightSource {
  /** What there is, by its name in the checkpoint. */
  tensors: ReadonlyMap<string, TensorShape>;
  /** As 32-bit floats, in torch layout. @throws bad-safetensors naming the tensor */
  read(name: string): Promise<FloatTensor>;
}

export function inMemory(file: Uint8Array): ByteSource {
  return { bytes: file.byteLength, read: async (begin, end) => file.subarray(begin, end) };
}

/** One safetensors file; its header is read at once. @throws bad-safetensors */
export async function safetensorsSource(file: ByteSource): Promise<WeightSource> {
  const start = dataStart(await file.read(0, Math.min(8, file.bytes)), file.bytes);
  const tensors = readHeader(await file.read(8, start), file.bytes - start);
  const entryOf = async ({ dtype, shape, begin, end }: TensorPlace): Promise<TensorEntry> => ({
    dtype,
    shape,
    data: await file.read(start + begin, start + end),
  });
  return {
    tensors,
    async read(name) {
      const entries = new Map<string, TensorEntry>();
      // Int8 weights have their factors beside them.
      for (const each of [name, `${name}.scale`]) {
        const place = tensors.get(each);
        if (place) entries.set(each, await entryOf(place));
      }
      return readFloat32(entries, name);
    },
  };
}

const indexSchema = z.looseObject({ weight_map: z.record(z.string(), z.string()) });

/** The files that `model.safetensors.index.json` names. @throws bad-model-weights */
export function shardsOf(index: unknown): string[] {
  return [...new Set(Object.values(weightMap(index)))];
}

function weightMap(index: unknown): Readonly<Record<string, string>> {
  const parsed = indexSchema.safeParse(index);
  if (parsed.success) return parsed.data.weight_map;
  throw new EngineError({
    code: 'bad-model-weights',
    message: 'model.safetensors.index.json has no “weight_map” of names and files.',
    hint: 'Download the model again; the file is damaged.',
  });
}

/**
 * Weights in several files, by the index that says which tensor lies where; `open` is asked once a file.
 * @throws bad-model-weights, and what `open` throws
 */
export async function shardedSource(
  index: unknown,
  open: (file: string) => Promise<WeightSource>,
): Promise<WeightSource> {
  const files = new Map<string, WeightSource>();
  for (const file of shardsOf(index)) files.set(file, await open(file));
  const tensors = new Map<string, TensorShape>();
  const places = new Map<string, WeightSource>();
  for (const [name, file] of Object.entries(weightMap(index))) {
    const source = files.get(file) as WeightSource;
    const shape = source.tensors.get(name);
    if (!shape) {
      throw new EngineError({
        code: 'bad-model-weights',
        message: `model.safetensors.index.json places ${name} in ${file}, which has no such tensor.`,
        hint: 'The files do not belong together; download the model again.',
        details: { tensor: name },
      });
    }
    tensors.set(name, shape);
    places.set(name, source);
  }
  return {
    tensors,
    async read(name) {
      const source = places.get(name);
      return source ? source.read(name) : readFloat32(new Map(), name);
    },
  };
}
