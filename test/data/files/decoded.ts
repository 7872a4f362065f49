/** Reads FlatBuffers back with the schema that they were written with, by the library's own accessors. */
import { ByteBuffer } from 'flatbuffers';
import type { FieldType, Schema, Table } from '#data/files/flat-buffer';

/** A table with the fields that the file has; missing ones have their default. */
export function decoded<S extends Schema, N extends keyof S & string>(
  schema: S,
  root: N,
  bytes: Uint8Array,
): Table<S, N> {
  const buffer = new ByteBuffer(bytes);
  return tableAt(schema, root, buffer, buffer.readInt32(0)) as Table<S, N>;
}

function tableAt(schema: Schema, name: string, buffer: ByteBuffer, at: number): Record<string, unknown> {
  const fields = Object.entries(schema[name]!).map(([field, [slot, type]]) => {
    const offset = buffer.__offset(at, 4 + 2 * slot);
    return [field, offset === 0 ? undefined : valueAt(schema, type, buffer, at, at + offset, slot)];
  });
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

function valueAt(
  schema: Schema,
  type: FieldType,
  buffer: ByteBuffer,
  table: number,
  at: number,
  slot: number,
): unknown {
  if (typeof type === 'string') return singleAt(schema, type, buffer, at);
  if (Array.isArray(type)) {
    const first = buffer.__vector(at);
    const bytes = type[0] === 'long' ? 8 : 4;
    const places = Array.from({ length: buffer.__vector_len(at) }, (_, i) => first + bytes * i);
    return places.map((place) => singleAt(schema, type[0] as string, buffer, place));
  }
  const [member] = Object.entries(type).find(([, number]) => number === buffer.readInt8(at))!;
  const place = table + buffer.__offset(table, 4 + 2 * (slot + 1));
  return [member, tableAt(schema, member, buffer, buffer.__indirect(place))];
}

function singleAt(schema: Schema, type: string, buffer: ByteBuffer, at: number): unknown {
  switch (type) {
    case 'bool':
      return buffer.readInt8(at) !== 0;
    case 'byte':
      return buffer.readInt8(at);
    case 'int':
    case 'uint':
      return buffer.readInt32(at);
    case 'long':
      return Number(buffer.readInt64(at));
    case 'float':
      return buffer.readFloat32(at);
    case 'string':
      return buffer.__string(at) as string;
    case 'bytes':
      return buffer.bytes().subarray(buffer.__vector(at), buffer.__vector(at) + buffer.__vector_len(at));
    default:
      return tableAt(schema, type, buffer, buffer.__indirect(at));
  }
}
