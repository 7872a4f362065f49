/**
 * TFRecord files: each record is its length in 8 bytes, little endian, a masked CRC-32C of these, the data, and a masked
 * CRC-32C of the data.
 */
import type { Failure } from '#core/failure';
import { dataFailure } from '#data/data-failure';
import { crc32c } from '#data/images/formats/shards/crc';
import { breath, type FileWindow } from '#data/images/formats/shards/file-window';
import { mostImageBytes } from '#data/images/formats/shards/image-bytes';

const lengthBytes = 8;
const crcBytes = 4;
const headBytes = lengthBytes + crcBytes;
const mostRecordBytes = 2 * mostImageBytes;
const recordsPerBreath = 256;

/** Rotates a CRC and adds a constant, so that data that contains CRCs has none of theirs by accident. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The record that holds the data. */
export function recordOf(data: Uint8Array): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(masked(crc32c(head.subarray(0, lengthBytes))), lengthBytes);
  const crc = Buffer.alloc(crcBytes);
  crc.writeUInt32LE(masked(crc32c(data)));
  return Buffer.concat([head, data, crc]);
}

/** The data of the record at an offset of a file's bytes and the offset that follows, or why there is none. */
export function recordAt(bytes: Buffer, at: number): { data: Buffer; end: number } | 'torn' | 'damaged' {
  const head = bytes.subarray(at, at + headBytes);
  if (head.length < headBytes) return 'torn';
  if (head.readUInt32LE(lengthBytes) !== masked(crc32c(head.subarray(0, lengthBytes)))) return 'damaged';
  const end = at + headBytes + Number(head.readBigUInt64LE()) + crcBytes;
  if (end > bytes.length) return 'torn';
  const data = checkedData(bytes.subarray(at + headBytes, end));
  return data === undefined ? 'damaged' : { data, end };
}

export interface RecordPlace {
  /** Byte of the data. */
  readonly offset: number;
  readonly length: number;
}

/** Yields the places of a file's records. A length with a wrong checksum and a record cut off are data failures. */
export async function* recordsIn(window: FileWindow): AsyncGenerator<RecordPlace> {
  let [at, records] = [0, 0];
  while (at < window.size) {
    const head = window.at(at, headBytes);
    if (head.length < headBytes) throw cutOff(window, at, `the ${headBytes} bytes before a record`);
    if (head.readUInt32LE(lengthBytes) !== masked(crc32c(head.subarray(0, lengthBytes)))) {
      throw at === 0 ? notRecords(window) : damaged(window, at, 'a length with its checksum');
    }
    const length = Number(head.readBigUInt64LE());
    if (length > mostRecordBytes) throw damaged(window, at, `a record of at most ${mostRecordBytes} bytes`);
    const offset = at + headBytes;
    at = offset + length + crcBytes;
    if (at > window.size) throw cutOff(window, offset, `the ${length} bytes of a record`);
    yield { offset, length };
    if (++records % recordsPerBreath === 0) await breath();
  }
}

/** Bytes from the start of a record's data to the end of its checksum. */
export function checkedLength(length: number): number {
  return length + crcBytes;
}

/** The data of a record that was read with its checksum; undefined if they do not match. */
export function checkedData(bytes: Buffer): Buffer | undefined {
  const data = bytes.subarray(0, -crcBytes);
  return bytes.readUInt32LE(data.length) === masked(crc32c(data)) ? data : undefined;
}

function notRecords(window: FileWindow): Failure {
  const start = window.at(0, 2);
  const isPacked = start[0] === 0x1f || start[0] === 0x78; // gzip, zlib
  const got = isPacked ? 'other bytes, perhaps a compressed file' : 'other bytes';
  return dataFailure(window.file, `byte 0: expected a TFRecord; got ${got}`, 'write the records without compression');
}

function damaged({ file }: FileWindow, at: number, expected: string): Failure {
  return dataFailure(file, `byte ${at}: expected ${expected}; got others: the file is damaged`);
}

function cutOff({ file, size }: FileWindow, at: number, expected: string): Failure {
  const message = `byte ${at}: expected ${expected}; got the end of the file at byte ${size}: it is cut off`;
  return dataFailure(file, message, 'copy or download the file again');
}
