/** Decodes the pages of a Parquet column: byte strings and integers, plain or by a dictionary. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage, readDataPage, readDataPageV2 } from 'hyparquet/src/datapage.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getMaxDefinitionLevel } from 'hyparquet/src/schema.js';
import { dataFailure } from '#data/data-failure';
import { crc32 } from '#data/images/formats/shards/crc';
import { requireRuns } from './runs.js';

type Codec = ColumnMetaData['codec'];
type DataPageHeaderV2 = NonNullable<PageHeader['data_page_header_v2']>;

export type PageValue = Uint8Array | number | bigint;

/** The values of a page, null where a row has none. */
export interface PageValues {
  /** Values, or positions in the dictionary. */
  readonly values: readonly (PageValue | null)[];
  readonly isDictionary: boolean;
  /** Memory that the values hold. */
  readonly bytes: number;
}

/** The facts about a column that its decoding needs. */
export interface ColumnKind {
  readonly codec: Codec;
  readonly type: ColumnMetaData['type'];
  readonly schemaPath: SchemaTree[];
}

/** Decompressors, by codec; each may return fewer bytes than expected, which hyparquet refuses. */
const compressors = {
  GZIP: (packed: Uint8Array, most: number) => new Uint8Array(gunzipSync(packed, { maxOutputLength: most })),
  BROTLI: (packed: Uint8Array, most: number) => new Uint8Array(brotliDecompressSync(packed, { maxOutputLength: most })),
};

const codecs: readonly Codec[] = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI'];

/** Refuses compressions that are not read. */
export function requireReadable(file: string, codec: Codec, column: string): void {
  if (codecs.includes(codec)) return;
  const message = `expected the column ${column} uncompressed or in ${codecs.slice(1).join(', ')}; got ${codec}`;
  throw dataFailure(file, message, 'write the file without compression: encoded images are compressed already');
}

/** Decodes the bytes after a dictionary page's header; throws an Error if they are damaged. */
export function dictionaryValues(packed: Uint8Array, header: PageHeader, kind: ColumnKind): PageValues {
  requireChecksum(packed, header);
  const page = unpacked(packed, header.uncompressed_page_size, kind.codec);
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: 0 };
  const values = readPlain(reader, kind.type, header.dictionary_page_header?.num_values ?? 0, undefined);
  requireConsumed(values, page);
  return { values: Array.from(values), isDictionary: false, bytes: page.buffer.byteLength };
}

/** Decodes the bytes after a data page's header; throws an Error if they are damaged. */
export function dataValues(packed: Uint8Array, header: PageHeader, kind: ColumnKind): PageValues {
  requireChecksum(packed, header);
  const { page, encoding, rows, decoded } = header.data_page_header_v2
    ? secondVersion(packed, header, header.data_page_header_v2, kind)
    : firstVersion(packed, header, kind);
  const { definitionLevels, dataPage } = decoded;
  if (encoding === 'PLAIN') requireConsumed(dataPage, page);
  const values = placed(dataPage, definitionLevels ?? [], rows, getMaxDefinitionLevel(kind.schemaPath));
  return { values, isDictionary: encoding !== 'PLAIN', bytes: page.buffer.byteLength };
}

/** Levels and values in one compressed piece; the levels' length stands before them. */
function firstVersion(packed: Uint8Array, header: PageHeader, kind: ColumnKind) {
  const daph = header.data_page_header;
  if (daph === undefined) throw new Error('a page without its header');
  const page = unpacked(packed, header.uncompressed_page_size, kind.codec);
  const rows = daph.num_values;
  let valuesAt = 0;
  const bits = levelBits(kind);
  if (bits > 0) {
    valuesAt = 4 + new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(0, true);
    requireRuns(page.subarray(4, valuesAt), bits, rows, rows);
  }
  requireValues(page.subarray(valuesAt), daph.encoding, rows);
  return { page, rows, encoding: daph.encoding, decoded: readDataPage(page, daph, decoder(kind)) };
}

/** Levels that are not compressed, then values that may be. */
function secondVersion(packed: Uint8Array, header: PageHeader, daph: DataPageHeaderV2, kind: ColumnKind) {
  const levelBytes = daph.definition_levels_byte_length;
  const { num_rows: rows, num_values, num_nulls, repetition_levels_byte_length: repetitions, encoding } = daph;
  const isSound = num_values === rows && repetitions === 0 && num_nulls >= 0 && num_nulls <= rows;
  if (!isSound || !(levelBytes >= 0 && levelBytes <= packed.length)) throw new Error('counts that do not fit');
  const levels = packed.subarray(0, levelBytes);
  if (levelBits(kind) > 0) requireRuns(levels, levelBits(kind), rows, rows);
  const rest = packed.subarray(levelBytes);
  const size = header.uncompressed_page_size - levelBytes;
  const values = daph.is_compressed === false || size === 0 ? rest : unpacked(rest, size, kind.codec);
  requireValues(values, encoding, rows);
  const page = new Uint8Array(Buffer.concat([levels, values]));
  const plain = { ...header, data_page_header_v2: { ...daph, is_compressed: false } };
  return { page, rows, encoding, decoded: readDataPageV2(page, plain, decoder(kind)) };
}

function requireValues(values: Uint8Array, encoding: string, most: number): void {
  if (encoding === 'PLAIN') return;
  if (!/^(PLAIN|RLE)_DICTIONARY$/.test(encoding)) throw new Error(`values in the encoding ${encoding}`);
  if (values.length > 0) requireRuns(values.subarray(1), values[0] as number, most, 0);
}

/** Bits of a definition level; 0 if every row has a value. */
function levelBits({ schemaPath }: ColumnKind): number {
  return 32 - Math.clz32(getMaxDefinitionLevel(schemaPath));
}

function decoder({ codec, type, schemaPath }: ColumnKind) {
  const element = schemaPath.at(-1)?.element;
  if (element === undefined) throw new Error('a column without a schema');
  return { codec, type, schemaPath, element, pathInSchema: [], parsers: DEFAULT_PARSERS };
}

function unpacked(packed: Uint8Array, size: number, codec: Codec): Uint8Array {
  const most = 64 + 32 * packed.length; // three bytes of snappy stand for at most 64
  if (codec === 'SNAPPY' && size > most) throw new Error(`${size} bytes in a page of ${packed.length}`);
  return decompressPage(packed, size, codec, compressors);
}

/** Compares the CRC-32 of a page, which some writers store. */
function requireChecksum(packed: Uint8Array, { crc }: PageHeader): void {
  if (crc !== undefined && crc >>> 0 !== crc32(packed)) throw new Error('bytes that do not match their CRC-32');
}

/** The last byte string must end where its page ends. */
function requireConsumed(values: ArrayLike<unknown>, page: Uint8Array): void {
  const last = values[values.length - 1];
  if (!(last instanceof Uint8Array)) return;
  const rest = page.byteOffset + page.byteLength - last.byteOffset - last.byteLength;
  if (rest !== 0) throw new Error(`${rest} bytes after the last value`);
}

/** Puts null where a row's definition level says that it has no value. */
function placed(values: ArrayLike<PageValue>, levels: readonly number[], rows: number, most: number) {
  const present = levels.length === 0 ? rows : levels.filter((level) => level === most).length;
  if (present !== values.length || (levels.length > 0 && levels.length !== rows)) {
    throw new Error(`${values.length} values for ${rows} rows`);
  }
  if (levels.length === 0) return Array.from(values);
  let next = 0;
  return levels.map((level) => (level === most ? (values[next++] as PageValue) : null));
}
