/**
 * Memory that the processes of a host share: a file in /dev/shm that loses its name as soon as it is made, so that
 * nothing is left of it once the last process that has it open is gone, however they end.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { systemProblem } from '#core/files/files';

const folders = ['/dev/shm', tmpdir()]; // the second is a disk's, kept in memory where there is room
const zeros = new Uint8Array(2 ** 20);

/**
 * A descriptor of so many bytes, all of them taken at once so that the room cannot run out later; the caller closes it.
 * Where no folder has the room, a backend failure.
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
    `expected ${megabytes} MB of memory for the workers to share; got ${problems.join('; ')}`,
    'make room there (a container has --shm-size), or use fewer --workers; with 1 nothing is shared',
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

/** Writes floats to a place counted in floats. */
export function writeFloats(descriptor: number, values: Float32Array, at: number): void {
  writeWhole(descriptor, bytesOf(values), at * Float32Array.BYTES_PER_ELEMENT);
}

/** Fills `values` with the floats at a place counted in floats. */
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
