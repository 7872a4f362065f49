/** Reads the footer of a Parquet file: schema, row groups and metadata. */
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { Failure } from '#core/failure';
import { shownError } from '#core/shown';
import { dataFailure } from '#data/data-failure';
import type { FileWindow } from '#data/images/formats/shards/file-window';
import { requireBounded } from './thrift-bounds.js';

const magic = 'PAR1';
const tailBytes = 8; // the footer's length and the magic
const mostFooterBytes = 2 ** 26; // a thousand row groups have 24 MB at most

/** The footer of a file; one that is cut off, damaged or encrypted is a data failure. */
export function footerOf(window: FileWindow): FileMetaData {
  const { file, size } = window;
  const tail = Buffer.from(window.at(Math.max(0, size - tailBytes), tailBytes));
  const start = window.at(0, magic.length).toString('latin1');
  if (start !== magic || tail.toString('latin1', 4) !== magic) {
    const got = start === magic ? 'another end: it is cut off or still being written' : 'other bytes';
    throw dataFailure(file, `expected a Parquet file, which begins and ends with ${magic}; got ${got}`);
  }
  const length = tail.readUInt32LE();
  const offset = size - tailBytes - length;
  if (offset < magic.length || length > mostFooterBytes) {
    throw dataFailure(file, `byte ${size - tailBytes}: expected the length of the footer; got ${length}`);
  }
  const bytes = Buffer.from(window.at(offset, length + tailBytes));
  return soundly(file, `the footer at byte ${offset}`, () => {
    requireBounded(bytes.subarray(0, length));
    return parquetMetadata(bytes, { geoparquet: false });
  });
}

/** Runs a reader; its errors are data failures of the file, since sound files cause none. */
export function soundly<T>(file: string, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw dataFailure(file, `expected ${what}; got damaged bytes (${shownError(error)})`);
  }
}
