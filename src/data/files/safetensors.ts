/**
 * Named float32 tensors in one file, in the safetensors format (huggingface/safetensors): 8 bytes of header length,
 * little endian; a JSON header with dtype, shape and byte range of each tensor, padded with spaces to a multiple of 8;
 * the values, one tensor after the other without gaps.
 */
import { isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';
import { Failure } from '#core/failure';
import { readBytes, sha256, writeAtomically } from '#core/files/files';
import { isTooDeep } from '#core/files/nesting';
import { type Dtype, dtypeBytes, float32Values } from './dtype.js';
import { foreignWeights } from './foreign-weights.js';

export interface NamedTensor {
  readonly shape: readonly number[];
  /** Row-major; their number is the product of the shape. */
  readonly values: Float32Array;
}

type Metadata = Readonly<Record<string, string>>;

export type Tensors = ReadonlyMap<string, NamedTensor>;

export interface SafetensorsContent {
  readonly tensors: Map<string, NamedTensor>;
  readonly metadata: Metadata;
}

const lengthBytes = 8;
const alignment = 8;
const maxHeaderBytes = 100_000_000; // the reference reader's limit
const metadataKey = '__metadata__';
const checksumKey = 'mnv4-nas.sha256'; // in the metadata: hash of the other entries as JSON, then of all values

export function writeSafetensors(file: string, tensors: Tensors, metadata: Metadata = {}): void {
  writeAtomically(file, ...checkedSafetensorsParts(tensors, metadata));
}

/** Encodes a file like `safetensorsParts`, with a checksum in the metadata that lets our reader detect any damage. */
export function checkedSafetensorsParts(tensors: Tensors, metadata: Metadata = {}): Uint8Array[] {
  const entries = Object.fromEntries(entriesOf(tensors));
  const values = [...tensors.values()].map((tensor) => bytesOf(tensor.values));
  return safetensorsParts(tensors, { ...metadata, [checksumKey]: checksumOf(entries, values) });
}

function checksumOf(entries: object, values: readonly Uint8Array[]): string {
  return sha256(JSON.stringify(entries), ...values);
}

/** Encodes a file in parts: the header, then views of the tensors' memory. */
export function safetensorsParts(tensors: Tensors, metadata: Metadata = {}): Uint8Array[] {
  requireLittleEndian();
  const before = Object.keys(metadata).length > 0 ? [[metadataKey, metadata] as const] : [];
  // `fromEntries` allows any name, also `__proto__`
  const json = Buffer.from(JSON.stringify(Object.fromEntries([...before, ...entriesOf(tensors)])));
  const length = Math.ceil(json.length / alignment) * alignment;
  const head = Buffer.alloc(lengthBytes + length, ' ');
  head.writeBigUInt64LE(BigInt(length));
  json.copy(head, lengthBytes);
  return [head, ...[...tensors.values()].map(({ values }) => bytesOf(values))];
}

/** The header's entries, one for each tensor. */
function entriesOf(tensors: Tensors): [name: string, entry: object][] {
  let end = 0;
  return [...tensors].map(([name, { shape, values }]) => {
    if (name === metadataKey) throw new Error(`${name} is no name for a tensor`);
    if (values.length !== product(shape)) throw new Error(`${name}: ${values.length} values in shape [${shape}]`);
    const begin = end;
    end += values.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** True for names of tensors to leave out, whatever their dtype. */
type Skip = (name: string) => boolean;

/**
 * Reads the tensors of a file as views of its bytes. Other dtypes, gaps between values and content that differs from
 * the file's checksum, if it has one, are data failures.
 */
export function readSafetensors(file: string, skip?: Skip, dtypes?: readonly Dtype[]): SafetensorsContent {
  return parseSafetensors(file, readBytes(file), skip, dtypes);
}

/** Reads tensors from a file's bytes; aligned float32 tensors are views of them. */
export function parseSafetensors(
  file: string,
  bytes: Uint8Array,
  skip: Skip = () => false,
  dtypes: readonly Dtype[] = ['F32'],
): SafetensorsContent {
  requireLittleEndian();
  const header = parsedHeader(file, bytes);
  const { [metadataKey]: metadata = {}, ...entries } = header.json;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw damaged(file, metadataKey, 'expected texts by name');
  }
  const ranges = Object.entries(entries).map(([name, entry]) => ({
    name,
    ...(skip(name) ? skippedEntry(file, name, entry) : checkedEntry(file, name, entry, dtypes)),
  }));
  const dataBytes = bytes.length - header.end;
  let end = 0;
  for (const { name, offsets } of [...ranges].sort(
    (a, b) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1],
  )) {
    if (offsets[0] !== end) throw damaged(file, name, `expected its values at byte ${end}; got ${offsets[0]}`);
    end = offsets[1];
    if (end > dataBytes)
      throw damaged(file, name, `expected values up to byte ${end}; got a file cut off at ${dataBytes}`);
  }
  if (end !== dataBytes) throw damaged(file, undefined, `expected ${end} bytes of values; got ${dataBytes}`);
  const { [checksumKey]: expected, ...others } = metadata as Metadata;
  const found = expected === undefined ? undefined : checksumOf(entries, [bytes.subarray(header.end)]);
  if (found !== expected) throw damaged(file, undefined, `expected SHA-256 ${expected}; got ${found}: it is damaged`);
  const kept = ranges.filter(({ name }) => !skip(name));
  const tensors = kept.map(({ name, dtype, shape, offsets }) => {
    const values = float32Values(bytes.subarray(header.end + offsets[0], header.end + offsets[1]), dtype);
    return [name, { shape, values }] as const;
  });
  return { tensors: new Map(tensors), metadata: others };
}

function parsedHeader(file: string, bytes: Uint8Array): { json: Record<string, unknown>; end: number } {
  const foreign = foreignWeights(file, bytes, 'safetensors');
  if (foreign !== undefined) throw foreign;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < lengthBytes) throw damaged(file, undefined, `expected a header; got ${view.length} bytes in all`);
  const length = Number(view.readBigUInt64LE());
  const end = lengthBytes + length;
  if (length > maxHeaderBytes) {
    throw damaged(file, undefined, `expected a header of at most ${maxHeaderBytes} bytes; got no safetensors`);
  }
  if (end > view.length) {
    throw damaged(file, undefined, `expected a header of ${length} bytes; got ${view.length} bytes in all`);
  }
  const json = isUtf8(view.subarray(lengthBytes, end)) ? jsonOf(view.toString('utf8', lengthBytes, end)) : undefined;
  if (!isRecord(json)) throw damaged(file, undefined, 'expected a header in JSON');
  return { json, end };
}

function jsonOf(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return isTooDeep(json) ? undefined : json;
  } catch {
    return undefined;
  }
}

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly offsets: readonly [begin: number, end: number];
}

function checkedEntry(file: string, name: string, entry: unknown, dtypes: readonly Dtype[]): Entry {
  const { dtype: stated, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const dtype = dtypes.find((known) => known === stated);
  if (dtype === undefined) {
    const message = `expected dtype ${dtypes.join(', ').replace(/, (\w+)$/, ' or $1')}; got ${JSON.stringify(stated) ?? 'none'}`;
    const remedy = typeof stated === 'string' ? 'save it as float32: tensor.float() in PyTorch' : undefined;
    throw new Failure('data', { file, path: name, message }, remedy);
  }
  if (!isCounts(shape)) throw damaged(file, name, `expected a shape; got ${JSON.stringify(shape) ?? 'none'}`);
  const bytes = product(shape) * dtypeBytes[dtype];
  if (!isCounts(offsets) || offsets.length !== 2 || (offsets[1] as number) - (offsets[0] as number) !== bytes) {
    const message = `expected offsets ${bytes} bytes apart for shape [${shape}]; got ${JSON.stringify(offsets) ?? 'none'}`;
    throw damaged(file, name, message);
  }
  return { dtype, shape, offsets: offsets as [number, number] };
}

/** Reads the byte range of a tensor that is left out. */
function skippedEntry(file: string, name: string, entry: unknown): Entry {
  const { data_offsets: offsets } = isRecord(entry) ? entry : {};
  if (isCounts(offsets) && offsets.length === 2)
    return { dtype: 'F32', shape: [], offsets: offsets as [number, number] };
  throw damaged(file, name, `expected two offsets; got ${JSON.stringify(offsets) ?? 'none'}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function product(shape: readonly number[]): number {
  return shape.reduce((n, size) => n * size, 1);
}

function damaged(file: string, tensor: string | undefined, message: string): Failure {
  return new Failure('data', tensor === undefined ? { file, message } : { file, path: tensor, message });
}

function requireLittleEndian(): void {
  if (endianness() !== 'LE') throw new Error('safetensors are little endian; this processor is not');
}
