// @ts-check
/** Extracts single members of a large zip file (a Python wheel) without reading the rest. No zip64, so below 4 GB. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** @typedef {{ name: string, method: number, packedBytes: number, bytes: number, offset: number }} Member */

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const headerBytes = 30;

/**
 * Writes members into `folder`.
 *
 * @param {string} file
 * @param {string} folder
 * @param {(name: string) => string | undefined} place  path under `folder`, or undefined to leave a member out
 * @returns {Promise<number>} bytes written
 */
export async function unzip(file, folder, place) {
  const handle = await open(file);
  try {
    let written = 0;
    for (const member of await members(handle)) {
      const path = place(member.name);
      if (path === undefined || member.name.endsWith('/')) continue;
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await extract(file, await dataStart(handle, member), member, target);
      written += member.bytes;
    }
    return written;
  } finally {
    await handle.close();
  }
}

/**
 * Offset of a member's data, which follows its local header.
 *
 * @param {import('node:fs/promises').FileHandle} handle @param {Member} member
 */
async function dataStart(handle, member) {
  const header = await read(handle, member.offset, headerBytes);
  return member.offset + headerBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** @param {string} file @param {number} start @param {Member} member @param {string} target */
async function extract(file, start, member, target) {
  const end = start + member.packedBytes - 1;
  const source =
    member.packedBytes === 0 ? Readable.from([]) : createReadStream(file, { start, end, highWaterMark: 1 << 20 });
  const out = createWriteStream(target);
  if (member.method === 0) await pipeline(source, out);
  else await pipeline(source, createInflateRaw({ chunkSize: 1 << 20 }), out);
}

/**
 * Members that the central directory at the end of the file lists.
 *
 * @param {import('node:fs/promises').FileHandle} handle
 */
async function members(handle) {
  const { size } = await handle.stat();
  const tailStart = Math.max(0, size - endBytes - 0xffff);
  const tail = await read(handle, tailStart, size - tailStart);
  let end = tail.length - endBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw new Error('not a zip file');
  const directory = await read(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  /** @type {Member[]} */
  const found = [];
  for (let at = 0; at + entryBytes <= directory.length && directory.readUInt32LE(at) === entrySignature; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    found.push({
      name: directory.toString('utf8', at + entryBytes, at + entryBytes + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += entryBytes + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return found;
}

/** @param {import('node:fs/promises').FileHandle} handle @param {number} position @param {number} length */
async function read(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the zip file is cut short');
  return buffer;
}
