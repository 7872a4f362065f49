/**
 * Files inside a TensorFlow Lite model: a zip archive after the FlatBuffer, which programs for the model ignore and
 * readers of its metadata unpack. Offsets count from the begin of the whole file, as Python's `zipfile` writes them when
 * it appends an archive; all known readers accept that.
 */
import type { FileContent } from '#core/files/whole-folder';
import { crc32 } from '#data/images/formats/shards/crc';

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 };
const zipVersion = 10; // 1.0: files that are stored without compression
const utf8Names = 0x800; // a bit of the flags
const firstDay = 0x21; // 1980-01-01 in MS-DOS's form, so that equal models have equal bytes

/** Returns the parts of a file with these files after the model. */
export function withAssociatedFiles(model: Uint8Array, files: readonly FileContent[]): Uint8Array[] {
  const parts = [model];
  const directory: Buffer[] = [];
  let offset = model.length;
  for (const { name, content } of files) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.concat(content);
    const entry = entryOf(Buffer.from(name), bytes);
    const local = Buffer.concat([words(signatures.local), entry.facts, entry.name]);
    directory.push(centralEntry(entry, offset));
    parts.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const counts = shorts(0, 0, files.length, files.length);
  parts.push(central, Buffer.concat([words(signatures.end), counts, words(central.length, offset), shorts(0)]));
  return parts;
}

interface Entry {
  readonly name: Buffer;
  /** The part that the local header and the central directory share. */
  readonly facts: Buffer;
}

function entryOf(name: Buffer, bytes: Buffer): Entry {
  const stored = 0;
  const sizes = words(crc32(bytes), bytes.length, bytes.length);
  const facts = Buffer.concat([shorts(zipVersion, utf8Names, stored, 0, firstDay), sizes, shorts(name.length, 0)]);
  return { name, facts };
}

function centralEntry({ name, facts }: Entry, offset: number): Buffer {
  const attributes = words(0, offset);
  return Buffer.concat([words(signatures.central), shorts(zipVersion), facts, shorts(0, 0, 0), attributes, name]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, 2 * i);
  return bytes;
}
