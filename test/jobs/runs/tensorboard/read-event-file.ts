/** Reads event files without the code that writes them: TFRecord's framing, CRC-32C bit by bit, the wire format. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ReadEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly version?: string;
  readonly session?: number;
  readonly values: Readonly<Record<string, ReadValue>>;
}

export interface ReadValue {
  readonly scalar?: number;
  readonly dtype?: number;
  readonly shape?: readonly number[];
  readonly doubles?: readonly number[];
  readonly text?: string;
  readonly plugin?: string;
  readonly dataClass?: number;
}

/** CRC-32C (RFC 3720, appendix B.4), one bit at a time. */
export function bitwiseCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The events of a folder's event files, file by file in the order of their names. */
export function readEventFiles(folder: string): ReadEvent[][] {
  const names = readdirSync(folder).filter((name) => name.includes('tfevents'));
  return names.sort().map((name) => readEventFile(join(folder, name)));
}

export function readEventFile(file: string): ReadEvent[] {
  const bytes = readFileSync(file);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = checked(bytes, at + 12, length);
    checked(bytes, at, 8);
    events.push(eventOf(data));
    at += 12 + length + 4;
  }
  return events;
}

/** Bytes that their masked CRC follows. */
function checked(bytes: Buffer, at: number, length: number): Buffer {
  const part = bytes.subarray(at, at + length);
  const crc = bitwiseCrc32c(part);
  const rotated = ((crc >>> 15) | (crc << 17)) >>> 0;
  const stored = bytes.readUInt32LE(at + length);
  if ((rotated + 0xa282ead8) % 2 ** 32 !== stored) throw new Error(`byte ${at}: another CRC`);
  return part;
}

type Field = number | Buffer;

/** The fields of a message by number, each a list. */
function fieldsOf(bytes: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const taken = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const readers: Record<number, () => Field> = {
    0: varint,
    1: () => taken(8),
    2: () => taken(varint()),
    5: () => taken(4),
  };
  while (at < bytes.length) {
    const tag = varint();
    const read = readers[tag & 7] as () => Field;
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), read()]);
  }
  return fields;
}

function eventOf(bytes: Buffer): ReadEvent {
  const fields = fieldsOf(bytes);
  const [wall, step, version, summary, session] = [1, 2, 3, 5, 7].map((id) => fields.get(id)?.[0]);
  const values = summary === undefined ? [] : (fieldsOf(summary as Buffer).get(1) as Buffer[]).map(namedValueOf);
  return {
    wallTime: (wall as Buffer).readDoubleLE(),
    step: (step as number | undefined) ?? 0,
    ...(version !== undefined && { version: String(version) }),
    ...(session !== undefined && { session: fieldsOf(session as Buffer).get(1)?.[0] as number }),
    values: Object.fromEntries(values),
  };
}

function namedValueOf(bytes: Buffer): [string, ReadValue] {
  const fields = fieldsOf(bytes);
  const [tag, scalar, tensor, metadata] = [1, 2, 8, 9].map((id) => fields.get(id)?.[0] as Buffer | undefined);
  return [
    String(tag),
    {
      ...(scalar && { scalar: scalar.readFloatLE() }),
      ...(tensor && tensorOf(fieldsOf(tensor))),
      ...(metadata && metadataOf(fieldsOf(metadata))),
    },
  ];
}

function tensorOf(fields: Map<number, Field[]>): ReadValue {
  const [dtype, shape, content, text] = [1, 2, 4, 8].map((id) => fields.get(id)?.[0]);
  const dims = fieldsOf(shape as Buffer).get(2) ?? [];
  const doubles = content as Buffer | undefined;
  return {
    dtype: dtype as number,
    shape: dims.map((dim) => fieldsOf(dim as Buffer).get(1)?.[0] as number),
    ...(doubles && { doubles: Array.from({ length: doubles.length / 8 }, (_, i) => doubles.readDoubleLE(8 * i)) }),
    ...(text !== undefined && { text: String(text) }),
  };
}

function metadataOf(fields: Map<number, Field[]>): ReadValue {
  const plugin = fieldsOf(fields.get(1)?.[0] as Buffer).get(1)?.[0];
  return { plugin: String(plugin), dataClass: fields.get(4)?.[0] as number };
}
