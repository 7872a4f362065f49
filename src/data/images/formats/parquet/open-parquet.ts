/** Opens Parquet files of encoded images and labels, as model hubs publish them and the `datasets` package writes them. */
import { join } from 'node:path';
import type { FileMetaData } from 'hyparquet';
import { inSharedMemory } from '#core/shared-memory';
import { dataFailure } from '#data/data-failure';
import type { EncodedImages } from '#data/images/encoded-images';
import type { EncodedSet } from '#data/images/encoded-set';
import { type FileWindow, scanned } from '#data/images/formats/shards/file-window';
import { mostImageBytes } from '#data/images/formats/shards/image-bytes';
import { type DistinctLabels, sampleFailure } from '#data/images/formats/shards/labels';
import { type Findings, openShards, type ShardDescription } from '#data/images/formats/shards/open-shards';
import {
  indexedImages,
  lastAtMost,
  positionOf,
  type ShardFormat,
  startsOf,
} from '#data/images/formats/shards/sample-index';
import type { ShardIndex, ShardSamples } from '#data/images/shared-images';
import { textList } from '#data/images/text-list';
import { imageColumns, type NamedColumns } from './columns.js';
import { footerOf, soundly } from './footer.js';
import { loadedPage, PageCache } from './page-cache.js';
import { columnAt, type PageGroup, type PagePlace, pageGroups } from './page-places.js';
import type { ColumnKind, PageValue } from './page-values.js';

/** `image` and `label` name columns. */
export interface ParquetDescription extends ShardDescription, NamedColumns {}

/** The rows of a file; `offsets` and `lengths` are those of the pages with the images. */
interface ParquetRows extends ShardSamples {
  /** First row of each page. */
  readonly firstRows: Int32Array;
  /** Row group of each page. */
  readonly groupOf: Int32Array;
  readonly groups: readonly (ColumnKind & { readonly dictionary: PagePlace | undefined })[];
}

/** True if the names are those of Parquet files. */
export function looksLikeParquet(names: readonly string[]): boolean {
  return names.some(isParquet);
}

function isParquet(name: string): boolean {
  return /\.(parquet|pq)$/i.test(name);
}

/** Opens the files of a folder, or one file, as train and test part. */
export function openParquet(description: ParquetDescription): Promise<EncodedSet> {
  const findings: Findings = { notes: [], classNames: undefined };
  const format: ShardFormat<ParquetRows> = {
    shards: 'Parquet files',
    scan: (root, shard, labels) =>
      scanned(join(root, shard), (window) => scannedFile(window, shard, description, labels, findings)),
    images: parquetImages,
  };
  return openShards(description, format, isParquet, findings);
}

/** The images of indexed rows, which are `ParquetRows`. */
export function parquetImages(index: ShardIndex): EncodedImages {
  const cache = new PageCache();
  const read = async (file: string, rows: ParquetRows, at: number) => {
    const value = await imageValue(file, rows, at, cache);
    const place = { file, position: positionOf('row', at) };
    if (!(value instanceof Uint8Array)) throw sampleFailure(place, 'expected an image; got none, or its path alone');
    if (value.length > 0 && value.length <= mostImageBytes) return value.slice(); // the page holds many more
    throw sampleFailure(place, `expected an image of 1 to ${mostImageBytes} bytes; got ${value.length}`);
  };
  return indexedImages(index as ShardIndex<ParquetRows>, 'row', read, { kind: 'parquet', index });
}

async function scannedFile(
  window: FileWindow,
  shard: string,
  named: NamedColumns,
  labels: DistinctLabels,
  findings: Findings,
): Promise<ParquetRows> {
  const { file } = window;
  const metadata = footerOf(window);
  const { image, label, classNames } = soundly(file, 'a schema', () => imageColumns(file, metadata, named));
  requireSameNames(file, classNames, findings);
  const column = soundly(file, 'a schema', () => columnAt(file, metadata, image, ['BYTE_ARRAY']));
  const groups = soundly(file, 'the pages of images', () => pageGroups(window, metadata, image));
  const pages = groups.flatMap((group, i) => group.pages.map((page) => ({ ...page, group: i })));
  findings.notes.push(...pageNotes(shard, groups));
  return {
    shard,
    labels: await labelsIn(window, metadata, label, labels),
    offsets: Float64Array.from(pages, ({ offset }) => offset),
    lengths: Uint32Array.from(pages, ({ length }) => length),
    names: textList([]),
    firstRows: Int32Array.from(startsOf(pages.map(({ rows }) => rows)).slice(0, -1)),
    groupOf: Int32Array.from(pages, ({ group }) => group),
    groups: groups.map(({ codec, type, dictionary }) => ({ codec, type, dictionary, schemaPath: column })),
  };
}

/** Files of one set must number the classes alike. */
function requireSameNames(file: string, names: readonly string[] | undefined, findings: Findings): void {
  const before = findings.classNames;
  if (before === undefined) findings.classNames = names;
  else if (names !== undefined && names.join('\n') !== before.join('\n')) {
    throw dataFailure(file, 'expected the class names of the other files; got others', 'open the files separately');
  }
}

const largePage = 2 ** 24; // bytes

function pageNotes(shard: string, groups: readonly PageGroup[]): string[] {
  const nulls = groups.reduce((sum, group) => sum + (group.nulls ?? 0), 0);
  const lengths = groups.flatMap(({ dictionary, pages }) => [...pages, ...(dictionary ? [dictionary] : [])]);
  const largest = lengths.reduce((most, { length }) => Math.max(most, length), 0);
  const megabytes = Math.round(largest / 1e6);
  const slow = `${shard} has pages of ${megabytes} MB: each image that is read needs one whole page, unless it is among the last that were read`;
  const missing = `${nulls} rows of ${shard} have no image`;
  return [...(largest > largePage ? [slow] : []), ...(nulls > 0 ? [missing] : [])];
}

/** Reads the labels of all rows; the positions of the labels among the distinct ones. */
async function labelsIn(
  window: FileWindow,
  metadata: FileMetaData,
  path: readonly string[],
  labels: DistinctLabels,
): Promise<Int32Array> {
  const { file } = window;
  const found: number[] = [];
  const schemaPath = soundly(file, 'a schema', () => columnAt(file, metadata, path, ['INT32', 'INT64', 'BYTE_ARRAY']));
  for (const { codec, type, dictionary, pages } of soundly(file, 'pages', () => pageGroups(window, metadata, path))) {
    const kind = { codec, type, schemaPath };
    const words = dictionary && (await loadedPage(file, dictionary, kind, true));
    for (const place of pages) {
      const page = await loadedPage(file, place, kind, false);
      for (const value of page.values) {
        const at = () => ({ file, position: positionOf('row', found.length) });
        const label = labelOf(page.isDictionary && value !== null ? words?.values[Number(value)] : value);
        if (label === undefined) throw sampleFailure(at(), `expected a label in ${path.join('.')}; got none`);
        found.push(labels.positionOf(label, at));
      }
    }
  }
  return inSharedMemory(Int32Array.from(found));
}

function labelOf(value: PageValue | null | undefined): number | string | undefined {
  if (value === null || value === undefined) return undefined;
  return value instanceof Uint8Array ? Buffer.from(value).toString() : Number(value);
}

async function imageValue(file: string, rows: ParquetRows, at: number, cache: PageCache) {
  const page = lastAtMost(rows.firstRows, at);
  const kind = rows.groups[rows.groupOf[page] as number] as ParquetRows['groups'][number];
  const place = { offset: rows.offsets[page] as number, length: rows.lengths[page] as number };
  const { values, isDictionary } = await cache.at(file, place, kind, false);
  const value = values[at - (rows.firstRows[page] as number)];
  if (!isDictionary || kind.dictionary === undefined || typeof value !== 'number') return value;
  return (await cache.at(file, kind.dictionary, kind, true)).values[value];
}
