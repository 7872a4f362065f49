/** Finds the pages of a column without reading their values, by the headers that stand before them. */
import type { ColumnMetaData, FileMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { getMaxRepetitionLevel, getSchemaPath } from 'hyparquet/src/schema.js';
import { dataFailure } from '#data/data-failure';
import type { FileWindow } from '#data/images/formats/shards/file-window';
import { soundly } from './footer.js';
import { requireReadable } from './page-values.js';
import { requireBounded } from './thrift-bounds.js';

/** A page with its header. */
export interface PagePlace {
  readonly offset: number;
  readonly length: number;
}

/** The pages of a column in one row group. */
export interface PageGroup {
  readonly codec: ColumnMetaData['codec'];
  readonly type: ColumnMetaData['type'];
  readonly dictionary: PagePlace | undefined;
  readonly pages: readonly (PagePlace & { readonly rows: number })[];
  /** Rows without a value; undefined if the file does not say. */
  readonly nulls: number | undefined;
}

/** The schema on the way to a column's values, which must be of one of the types, one per row. */
export function columnAt(
  file: string,
  { schema }: FileMetaData,
  path: readonly string[],
  types: readonly ColumnMetaData['type'][],
): SchemaTree[] {
  const schemaPath = getSchemaPath(schema, [...path]);
  const type = schemaPath.at(-1)?.element.type;
  const name = path.join('.');
  if (getMaxRepetitionLevel(schemaPath) > 0) {
    throw dataFailure(file, `expected one value per row in the column ${name}; got lists`);
  }
  if (type !== undefined && types.includes(type)) return schemaPath;
  throw dataFailure(
    file,
    `expected values of type ${types.join(' or ')} in the column ${name}; got ${type ?? 'a struct'}`,
  );
}

/** Scans the headers of a column's pages in every row group. */
export function pageGroups(window: FileWindow, metadata: FileMetaData, path: readonly string[]): PageGroup[] {
  return metadata.row_groups.map((group) => {
    const name = path.join('.');
    const chunk = group.columns.find(({ meta_data: meta }) => meta?.path_in_schema.join('.') === name);
    if (chunk?.meta_data === undefined || chunk.file_path !== undefined) {
      throw dataFailure(window.file, `expected the values of the column ${name}; got none in this file`);
    }
    const pages = pagesOf(window, chunk.meta_data, name);
    const rows = pages.pages.reduce((sum, page) => sum + page.rows, 0);
    if (rows === Number(group.num_rows)) return pages;
    throw dataFailure(window.file, `expected ${group.num_rows} rows in the pages of ${name}; got ${rows}`);
  });
}

const longestHeader = 2 ** 16; // bytes; a header may hold the smallest and largest value
const mostPageRows = 2 ** 22;

function pagesOf(window: FileWindow, meta: ColumnMetaData, name: string): PageGroup {
  requireReadable(window.file, meta.codec, name);
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 0 && end >= start && end <= window.size)) {
    throw dataFailure(window.file, `expected the column ${name} inside the file; got bytes ${start} to ${end}`);
  }
  const pages: (PagePlace & { rows: number })[] = [];
  let dictionary: PagePlace | undefined;
  for (let at = start; at < end; ) {
    const { header, headerBytes } = headerAt(window, at, end, name);
    const place = { offset: at, length: headerBytes + header.compressed_page_size };
    const rows = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_rows;
    if (header.type === 'DICTIONARY_PAGE') dictionary = place;
    else if (rows !== undefined) pages.push({ ...place, rows });
    at += place.length;
  }
  const nulls = meta.statistics?.null_count;
  return {
    codec: meta.codec,
    type: meta.type,
    dictionary,
    pages,
    nulls: nulls === undefined ? undefined : Number(nulls),
  };
}

function headerAt(window: FileWindow, at: number, end: number, name: string) {
  const bytes = window.at(at, Math.min(longestHeader, end - at));
  return soundly(window.file, `a page of the column ${name} at byte ${at}`, () => {
    const { header, headerBytes } = pageHeader(bytes);
    if (at + headerBytes + header.compressed_page_size > end) throw new Error('it leaves its column');
    return { header, headerBytes };
  });
}

/** Parses the header at the start of some bytes; throws an Error if its numbers make no sense. */
export function pageHeader(bytes: Uint8Array): { readonly header: PageHeader; readonly headerBytes: number } {
  requireBounded(bytes);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const header = parquetHeader(reader);
  const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
  requireCount(packed, 2 ** 30);
  requireCount(unpacked, 2 ** 30);
  requireCount(header.data_page_header?.num_values ?? 0, mostPageRows);
  requireCount(header.data_page_header_v2?.num_rows ?? 0, mostPageRows);
  requireCount(header.dictionary_page_header?.num_values ?? 0, mostPageRows);
  return { header, headerBytes: reader.offset };
}

function requireCount(value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= most)) throw new Error(`a count of ${value}`);
}
