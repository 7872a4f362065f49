/**
 * `tf.train.Example` (tensorflow/core/example/example.proto) in the wire format of Protocol Buffers: a map from keys to
 * features, each a list of byte strings, floats or integers.
 */
import { Reader } from 'protobufjs/minimal.js';

/** Bytes by position: a record in memory, or a window on its file. */
export interface Bytes {
  at(offset: number, length: number): Uint8Array;
}

/** A part of a message. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One field of a message; `span` is the content of a length-delimited one. */
interface Field {
  readonly id: number;
  readonly span: Span | undefined;
  readonly next: number;
}

const wire = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;
const longestHead = 15; // bytes of a tag and a length
const longestKey = 1024;

/** Finds the features of an Example by key, without reading them; where a key is repeated the last one counts. */
export function featuresOf(bytes: Bytes, message: Span): Map<string, Span> {
  const found = new Map<string, Span>();
  for (const features of spansIn(bytes, message, 1)) {
    for (const entry of spansIn(bytes, features, 1)) {
      const [key] = spansIn(bytes, entry, 1).slice(-1);
      const [feature] = spansIn(bytes, entry, 2).slice(-1);
      if (feature !== undefined) found.set(keyText(bytes, key), feature);
    }
  }
  return found;
}

function keyText(bytes: Bytes, key: Span | undefined): string {
  if (key === undefined) return '';
  const length = key.end - key.start;
  if (length > longestKey) throw new Error(`a key of ${length} bytes`);
  return Buffer.from(bytes.at(key.start, length)).toString();
}

/** The byte strings of a feature; undefined if it has none. */
export function byteStringsOf(bytes: Bytes, feature: Span): Span[] | undefined {
  const [list] = spansIn(bytes, feature, 1).slice(-1);
  return list && spansIn(bytes, list, 1);
}

const longestIntegers = 2 ** 14; // bytes; a label is one integer

/** The integers of a feature, packed or not; undefined if it has none. */
export function integersOf(bytes: Bytes, feature: Span): number[] | undefined {
  const [list] = spansIn(bytes, feature, 3).slice(-1);
  if (list === undefined) return undefined;
  const length = list.end - list.start;
  if (length > longestIntegers) throw new Error(`${length} bytes of integers`);
  const reader = new Reader(bytes.at(list.start, length));
  const values: number[] = [];
  while (reader.pos < reader.len) {
    const isPacked = (reader.uint32() & 7) === wire.delimited;
    const end = isPacked ? reader.uint32() + reader.pos : reader.pos + 1;
    while (reader.pos < end) values.push(Number(reader.int64()));
  }
  return values;
}

const mostFields = 1e4; // of one message

function spansIn(bytes: Bytes, message: Span, id: number): Span[] {
  const spans: Span[] = [];
  for (let at = message.start; at < message.end; ) {
    const field = fieldAt(bytes, at, message.end);
    if (field.id === id && field.span !== undefined) spans.push(field.span);
    if (spans.length > mostFields) throw new Error(`over ${mostFields} fields ${id} in one message`);
    at = field.next;
  }
  return spans;
}

/** Reads the tag and the length of a field; throws an Error if it is malformed or leaves its message. */
function fieldAt(bytes: Bytes, at: number, end: number): Field {
  const reader = new Reader(bytes.at(at, Math.min(longestHead, end - at)));
  const tag = reader.uint32();
  const [id, type] = [tag >>> 3, tag & 7];
  let length = 0;
  if (type === wire.varint) reader.uint64();
  else if (type === wire.delimited) length = reader.uint32();
  else if (type === wire.fixed64) length = 8;
  else if (type === wire.fixed32) length = 4;
  else throw new Error(`a field of wire type ${type}`);
  const start = at + reader.pos;
  const next = start + length;
  if (id === 0 || next > end) throw new Error(`a field ${id} of ${length} bytes, which leaves its message`);
  return { id, span: type === wire.delimited ? { start, end: next } : undefined, next };
}
