/**
 * The safetensors container (github.com/huggingface/safetensors, README 'Format'): u64 header length, JSON
 * header, tensor bytes. Read with every bound checked, written aligned and in a fixed order.
 */
import { z } from 'zod';
import { EngineError } from './errors';

/** The last ones occur in tables that a model keeps and Hone does not read. */
const BYTES_PER_VALUE = {
  ...{ F32: 4, F16: 2, BF16: 2, I8: 1 },
  ...{ U8: 1, I16: 2, I32: 4, I64: 8, F64: 8, BOOL: 1 },
} as const;
type Dtype = keyof typeof BYTES_PER_VALUE;

export interface TensorShape {
  dtype: Dtype;
  shape: readonly number[];
}

export interface TensorEntry extends TensorShape {
  /** Little-endian bytes, row-major; shares memory with the file they were read from. */
  data: Uint8Array;
}

export interface FloatTensor {
  shape: readonly number[];
  data: Float32Array;
}

/** The reference implementation's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const HINT = 'The file is damaged, cut short or no safetensors file. Download or export it again.';

const dimension = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(BYTES_PER_VALUE) as [Dtype, ...Dtype[]]),
  shape: z.array(dimension).max(16),
  data_offsets: z.tuple([dimension, dimension]),
});
const metadataSchema = z.record(z.string(), z.string());

function refuse(message: string, tensor?: string): EngineError {
  return new EngineError({
    code: 'bad-safetensors',
    message:
      tensor === undefined ? `Weights file: ${message}` : `Weights file, tensor “${tensor}”: ${message}`,
    hint: HINT,
    ...(tensor === undefined ? {} : { details: { tensor } }),
  });
}

function bytesOf(dtype: Dtype, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, BYTES_PER_VALUE[dtype]);
}

/**
 * Where the data begins, from a file's first 8 bytes and its size; before it stands the header.
 * @throws bad-safetensors
 */
export function dataStart(first: Uint8Array, fileBytes: number): number {
  if (first.byteLength < 8) throw refuse(`it has ${fileBytes} bytes, fewer than its own header length.`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, fileBytes - 8))) {
    throw refuse(`its header claims ${length} bytes, ${fileBytes - 8} follow.`);
  }
  return 8 + Number(length);
}

function parseHeader(json: Uint8Array): [string, unknown][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw refuse(`its header is not JSON (${reason}).`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw refuse('its header is not a JSON object.');
  }
  return Object.entries(parsed);
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'it does not fit the format.' : `${issue.path.join('.')} ${issue.message}.`;
}

/** A tensor and where its bytes lie in the data. */
export interface TensorPlace extends TensorShape {
  begin: number;
  end: number;
}

/** The tensors of a header before `dataBytes` of data. @throws bad-safetensors, naming the tensor */
export function readHeader(json: Uint8Array, dataBytes: number): Map<string, TensorPlace> {
  const tensors = new Map<string, TensorPlace>();
  const spans: { name: string; begin: number; end: number }[] = [];
  for (const [name, raw] of parseHeader(json)) {
    if (name === '__metadata__') {
      if (!metadataSchema.safeParse(raw).success) throw refuse('its metadata is not a map of texts.');
      continue;
    }
    const checked = entrySchema.safeParse(raw);
    if (!checked.success) throw refuse(firstIssue(checked.error), name);
    const { dtype, shape, data_offsets } = checked.data;
    const [begin, end] = data_offsets;
    if (begin > end || end > dataBytes) {
      throw refuse(`its bytes ${begin} to ${end} lie outside the ${dataBytes} bytes of data.`, name);
    }
    const needed = bytesOf(dtype, shape);
    if (needed !== end - begin) {
      throw refuse(
        `${dtype} [${shape.join(', ')}] needs ${needed} bytes, the file has ${end - begin}.`,
        name,
      );
    }
    spans.push({ name, begin, end });
    tensors.set(name, { dtype, shape, begin, end });
  }
  checkCoverage(spans, dataBytes);
  return tensors;
}

/** Reads a whole file. The entries are views of `bytes`. @throws bad-safetensors, naming the tensor */
export function readSafetensors(bytes: Uint8Array): Map<string, TensorEntry> {
  const start = dataStart(bytes.subarray(0, 8), bytes.byteLength);
  const data = bytes.subarray(start);
  const places = readHeader(bytes.subarray(8, start), data.byteLength);
  return new Map(
    [...places].map(([name, { dtype, shape, begin, end }]) => [
      name,
      { dtype, shape, data: data.subarray(begin, end) },
    ]),
  );
}

/** The format allows neither overlaps nor holes: each byte of data belongs to exactly one tensor. */
function checkCoverage(spans: { name: string; begin: number; end: number }[], dataBytes: number): void {
  spans.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of spans) {
    if (begin < covered) throw refuse(`its bytes overlap those of another tensor at byte ${begin}.`, name);
    if (begin > covered) throw refuse(`bytes ${covered} to ${begin} before it belong to no tensor.`, name);
    covered = end;
  }
  if (covered !== dataBytes) throw refuse(`its last ${dataBytes - covered} bytes belong to no tensor.`);
}

/** Bytes before the data, and the tensors in the order in which they are written. */
function layout<T extends TensorShape>(
  tensors: ReadonlyMap<string, T>,
  metadata: Readonly<Record<string, string>>,
): { head: Uint8Array; ordered: [string, T][]; dataBytes: number } {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      BYTES_PER_VALUE[b.dtype] - BYTES_PER_VALUE[a.dtype] || (nameA < nameB ? -1 : nameA > nameB ? 1 : 0),
  );
  const header: [string, unknown][] = Object.keys(metadata).length === 0 ? [] : [['__metadata__', metadata]];
  let offset = 0;
  for (const [name, { dtype, shape }] of ordered) {
    const end = offset + bytesOf(dtype, shape);
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const head = new Uint8Array(8 + Math.ceil(json.byteLength / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.byteLength - 8), true);
  head.set(json, 8);
  return { head, ordered, dataBytes: offset };
}

/**
 * The file in pieces, the tensors' bytes not copied. Widest values first, then by name, after a header padded to
 * 8 bytes, so each is aligned and equal input gives equal bytes. @throws bad-safetensors when bytes do not fit
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const { head, ordered } = layout(tensors, metadata);
  const parts = ordered.map(([name, { dtype, shape, data }]) => {
    const needed = bytesOf(dtype, shape);
    if (needed !== data.byteLength || name === '__metadata__') {
      throw refuse(`${dtype} [${shape.join(', ')}] needs ${needed} bytes, ${data.byteLength} given.`, name);
    }
    return data;
  });
  return [head, ...parts];
}

/** The whole file in one array; see `safetensorsParts`. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, TensorEntry>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const parts = safetensorsParts(tensors, metadata);
  const file = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.byteLength;
  }
  return file;
}

/** Size of the file that `writeSafetensors` would make of tensors of these types and shapes. */
export function safetensorsBytes(
  tensors: ReadonlyMap<string, TensorShape>,
  metadata: Readonly<Record<string, string>> = {},
): number {
  const { head, dataBytes } = layout(tensors, metadata);
  return head.byteLength + dataBytes;
}

/** An F32 entry over the array's own memory (no copy). */
export function float32Entry(shape: readonly number[], data: Float32Array): TensorEntry {
  return { dtype: 'F32', shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/**
 * A tensor as 32-bit floats: F32, F16 and BF16 as stored; I8 [rows, cols] times `NAME.scale` F32 [rows]
 * (int8 per row). May share the file's memory: treat it as read-only. @throws bad-safetensors
 */
export function readFloat32(tensors: ReadonlyMap<string, TensorEntry>, name: string): FloatTensor {
  const entry = tensors.get(name);
  if (entry === undefined) throw refuse('it is missing.', name);
  if (entry.dtype !== 'I8') return { shape: entry.shape, data: toFloat32(entry, name) };
  const scaleName = `${name}.scale`;
  const scale = tensors.get(scaleName);
  const [rows, cols] = entry.shape;
  if (rows === undefined || cols === undefined || entry.shape.length !== 2) {
    throw refuse(`int8 weights must be [rows, columns], it is [${entry.shape.join(', ')}].`, name);
  }
  if (scale?.dtype !== 'F32' || scale.shape.length !== 1 || scale.shape[0] !== rows) {
    throw refuse(`it must be F32 [${rows}], one factor per row of “${name}”.`, scaleName);
  }
  const factors = toFloat32(scale, scaleName);
  const steps = new Int8Array(entry.data.buffer, entry.data.byteOffset, entry.data.byteLength);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    const factor = factors[row] ?? 0;
    for (let i = row * cols; i < (row + 1) * cols; i++) data[i] = (steps[i] ?? 0) * factor;
  }
  return { shape: entry.shape, data };
}

/** F32, F16 or BF16 bytes as 32-bit floats; F32 that is aligned is returned without a copy. @throws bad-safetensors */
export function toFloat32({ dtype, data }: TensorEntry, name: string): Float32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  switch (dtype) {
    case 'F32':
      return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
    case 'F16': {
      const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
      return Float32Array.from(halves, float16Value);
    }
    case 'BF16': {
      const halves = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
      const bits = new Uint32Array(halves.length);
      for (let i = 0; i < bits.length; i++) bits[i] = (halves[i] ?? 0) << 16;
      return new Float32Array(bits.buffer);
    }
    default:
      throw refuse(`${dtype} holds no fractions; F32, F16, BF16 or int8 with scales is needed.`, name);
  }
}

/** IEEE 754 binary16: sign, 5 exponent bits (bias 15), 10 fraction bits. */
function float16Value(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** 32-bit floats as IEEE 754 binary16 bits, rounded to nearest, ties to even; beyond 65,504 becomes infinity. */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = float16Bits(bits[i] ?? 0, values[i] ?? 0);
  return halves;
}

function float16Bits(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  /** 65,520 and more round past the largest half. */
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  /** Below 2^-14: subnormal halves, steps of 2^-24. */
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  /** Adding half a step (less one when even) carries into the exponent by itself. */
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
