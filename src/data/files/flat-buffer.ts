/**
 * Encodes tables as FlatBuffers (google/flatbuffers, "FlatBuffers Internals"): a schema is data, values are plain objects
 * whose type follows from it, and `flatbuffers` lays out the bytes.
 */
import { Builder } from 'flatbuffers';

/** A field's slot, in the order of the schema's declarations, and its type. A union takes the next slot too. */
export type Field = readonly [slot: number, type: FieldType];

/** A scalar, `string`, `bytes`, the name of a table, a list of one of these, or the members of a union. */
export type FieldType = string | readonly [string] | Union;

/** The number of each table of a union. */
type Union = Readonly<Record<string, number>>;

/** Fields by table and name. */
export type Schema = Readonly<Record<string, Readonly<Record<string, Field>>>>;

interface Plain {
  readonly bool: boolean;
  readonly byte: number;
  readonly int: number;
  readonly uint: number;
  /** 64 bits, in lists only; a whole number that JavaScript's numbers hold. */
  readonly long: number;
  readonly float: number;
  readonly string: string;
  /** A list of ubyte, aligned to 16 bytes. */
  readonly bytes: Uint8Array;
}

type ValueOf<S extends Schema, T> = T extends keyof Plain
  ? Plain[T]
  : T extends keyof S
    ? Table<S, T>
    : T extends readonly [infer Item]
      ? readonly ValueOf<S, Item>[]
      : { [M in keyof T & keyof S]: readonly [M, Table<S, M>] }[keyof T & keyof S];

/** A table's value; fields that are left out have their default. */
export type Table<S extends Schema, N extends keyof S> = {
  readonly [F in keyof S[N]]?: ValueOf<S, S[N][F][1]>;
};

const bytesAlignment = 16;

type Write = (builder: Builder, slot: number, value: number) => void;

/** Scalars in a table: a value of 0, each field's default unless the schema says otherwise, takes no space. */
const scalars: Readonly<Record<string, Write>> = {
  bool: (builder, slot, value) => builder.addFieldInt8(slot, Number(value), 0),
  byte: (builder, slot, value) => builder.addFieldInt8(slot, value, 0),
  int: (builder, slot, value) => builder.addFieldInt32(slot, value, 0),
  uint: (builder, slot, value) => builder.addFieldInt32(slot, value, 0),
  float: (builder, slot, value) => builder.addFieldFloat32(slot, value, 0),
};

/**
 * Encodes a value with the root table `root`; the bytes must stay below 2 GB.
 *
 * @param identifier  the schema's `file_identifier`, of 4 characters
 * @param room        bytes to begin with, a little more than the result's size for large ones
 */
export function flatBuffer<S extends Schema, N extends keyof S & string>(
  schema: S,
  root: N,
  value: Table<S, N>,
  { identifier, room = 1024 }: { readonly identifier: string; readonly room?: number },
): Uint8Array {
  const builder = new Builder(room);
  builder.finish(new Encoder(schema, builder).table(root, value as Row), identifier);
  return builder.asUint8Array();
}

type Row = Readonly<Record<string, unknown>>;

/** Writes values, innermost first, and returns their offsets. */
class Encoder {
  readonly #schema: Schema;
  readonly #builder: Builder;

  constructor(schema: Schema, builder: Builder) {
    this.#schema = schema;
    this.#builder = builder;
  }

  table(name: string, row: Row): number {
    const fields = Object.entries(this.#schema[name] as Schema[string]).filter(([field]) => row[field] !== undefined);
    const written = fields.map(([field, [slot, type]]) => this.#field(slot, type, row[field]));
    this.#builder.startObject(Math.max(-1, ...fields.map(([, [slot, type]]) => slot + Number(isUnion(type)))) + 1);
    for (const add of written) add();
    return this.#builder.endObject();
  }

  /** Writes what a field refers to, and returns a function that adds the field to the table begun last. */
  #field(slot: number, type: FieldType, value: unknown): () => void {
    const builder = this.#builder;
    if (isUnion(type)) {
      const [member, row] = value as readonly [string, Row];
      const offset = this.table(member, row);
      return () => {
        builder.addFieldInt8(slot, type[member] as number, 0);
        builder.addFieldOffset(slot + 1, offset, 0);
      };
    }
    const scalar = typeof type === 'string' ? scalars[type] : undefined;
    if (scalar !== undefined) return () => scalar(builder, slot, value as number);
    const offset = typeof type === 'string' ? this.#single(type, value) : this.#list(type[0], value as unknown[]);
    return () => builder.addFieldOffset(slot, offset, 0);
  }

  #single(type: string, value: unknown): number {
    if (type === 'string') return this.#builder.createString(value as string);
    if (type !== 'bytes') return this.table(type, value as Row);
    const bytes = value as Uint8Array;
    this.#builder.prep(bytesAlignment, bytes.length);
    return this.#builder.createByteVector(bytes);
  }

  #list(type: string, values: readonly unknown[]): number {
    const builder = this.#builder;
    const add = itemWriters[type] ?? ((of: Builder, offset: number) => of.addOffset(offset));
    const items = type in itemWriters ? (values as number[]) : values.map((value) => this.#single(type, value));
    const bytes = type === 'long' ? 8 : 4;
    builder.startVector(bytes, items.length, bytes);
    for (const item of [...items].reverse()) add(builder, item);
    return builder.endVector();
  }
}

/** Scalars that lists hold. */
const itemWriters: Readonly<Record<string, (builder: Builder, value: number) => void>> = {
  int: (builder, value) => builder.addInt32(value),
  float: (builder, value) => builder.addFloat32(value),
  long: (builder, value) => builder.addInt64(BigInt(value)),
};

function isUnion(type: FieldType): type is Union {
  return typeof type === 'object' && !Array.isArray(type);
}
