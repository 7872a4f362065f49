/**
 * Memory that the processes of a host share: a file in /dev/shm that is unlinked at once, so that the
 * system frees it once the last process that has it open is gone, however that process ends.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { systemProblem } from '#core/files/files';

const folders = ['/dev/shm', tmpdir()]; // the second is on a disk, whose pages stay in memory if there is room
const zeros = new Uint8Array(2 ** 20);

/**
 * Returns a descriptor of a file of that many bytes, all allocated now so that space cannot run out later; the caller
 * closes it. Throws a backend failure if no folder has the space.
 */
export function openSharedMemory(bytes: number, candidates: readonly string[] = folders): number {
  const problems: string[] = [];
  for (const folder of candidates) {
    try {
      return taken(folder, bytes);
    } catch (error) {
      problems.push(`${folder}: ${systemProblem(error)}`);
    }
  }
  const megabytes = Math.ceil(bytes / 2 ** 20);
  throw new Failure(
    'backend',
    `cannot allocate ${megabytes} MB of shared memory for the workers: ${problems.join('; ')}`,
    'free some space there (for a container, raise --shm-size) or use fewer --workers; one worker shares no memory',
  );
}

function taken(folder: string, bytes: number): number {
  const file = join(folder, `mnv4-nas-${randomUUID()}`);
  const descriptor = openSync(file, 'wx+', 0o600);
  unlinkSync(file);
  try {
    for (let at = 0; at < bytes; at += zeros.length) {
      writeWhole(descriptor, zeros.subarray(0, Math.min(zeros.length, bytes - at)), at);
    }
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Writes floats at an offset counted in floats. */
export function writeFloats(descriptor: number, values: Float32Array, at: number): void {
  writeWhole(descriptor, bytesOf(values), at * Float32Array.BYTES_PER_ELEMENT);
}

/** Fills `values` with the floats at an offset counted in floats. */
export function readFloatsAt(descriptor: number, values: Float32Array, at: number): void {
  const bytes = bytesOf(values);
  const from = at * Float32Array.BYTES_PER_ELEMENT;
  for (let read = 0; read < bytes.length; ) {
    const n = readSync(descriptor, bytes, read, bytes.length - read, from + read);
    if (n === 0) throw new Error(`the shared memory ends before float ${at + values.length}`);
    read += n;
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array, at: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, at + written);
  }
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
