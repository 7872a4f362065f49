/** Reads and writes whole files: checksums, failures that users can act on, and atomic writes. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '#core/failure';
import { shownError } from '#core/shown';
import { cacheRemedy, isInCache } from './cache.js';
import { deepestNesting, isTooDeep } from './nesting.js';
import { decodedText } from './text.js';

/** The lower-case hexadecimal SHA-256 of the joined parts. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** All bytes of a file; a missing or unreadable file is a data failure with this remedy. */
export function readBytes(file: string, remedy?: string): Uint8Array {
  try {
    return fileBytes(file);
  } catch (error) {
    throw new Failure('data', { file, message: `expected a readable file; got ${systemProblem(error)}` }, remedy);
  }
}

/**
 * At most `most` bytes of a file from an offset on; a negative offset counts from the end, as in `slice`. An unreadable
 * file is a data failure.
 */
export function readFrom(file: string, offset: number, most = Number.POSITIVE_INFINITY): Uint8Array {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(descriptor);
      const from = Math.max(0, offset < 0 ? size + offset : offset);
      const bytes = Buffer.alloc(Math.min(most, Math.max(0, size - from)));
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, from));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new Failure('data', { file, message: `expected a readable file; got ${systemProblem(error)}` });
  }
}

/** The stats of a path; undefined if nothing exists there, a parent is a file, or a parent is not accessible. */
export function statsOf(path: string): Stats | undefined {
  return existsSync(path) ? statSync(path, { throwIfNoEntry: false }) : undefined;
}

/** The names in a folder; empty for a missing folder, a data failure for an unreadable one or another kind of file. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Failure('data', { file: folder, message: `expected a folder; got ${systemProblem(error)}` });
  }
}

/** The text of a file that a program wrote; an unreadable file or one that is no text is a data failure. */
export function readUtf8(file: string, remedy?: string): string {
  return decodedText(file, readBytes(file, remedy), 'data', remedy);
}

/**
 * All bytes of a plain file of at most `most` bytes. Throws the system's errors; folders, pipes and devices are refused
 * before reading, since they may never end.
 */
export function fileBytes(file: string, most = Number.POSITIVE_INFINITY): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for a writer
  try {
    const found = fstatSync(descriptor);
    if (found.isDirectory()) throw new Error(meanings.EISDIR);
    if (!found.isFile()) throw new Error('a pipe or a device');
    if (found.size > most) throw new Error(`${found.size} bytes, where at most ${most} make sense`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The JSON in a file; a missing, unreadable or damaged file is a data failure. */
export function readJson(file: string): unknown {
  return parsedJson(file, readUtf8(file));
}

/** Parses JSON that a program wrote; malformed or too deeply nested JSON is a data failure with this remedy. */
export function parsedJson(file: string, text: string, remedy?: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Failure('data', { file, message: `expected JSON; got: ${shownError(error)}` }, remedy);
  }
  if (!isTooDeep(value)) return value;
  throw new Failure('data', { file, message: `expected at most ${deepestNesting} levels of JSON; got more` }, remedy);
}

/**
 * Writes a file atomically: into `FILE.part-PID`, flushed to the disk, then renamed. No space, no permission or a
 * read-only disk is a data failure that leaves a former file unchanged.
 */
export function writeAtomically(file: string, ...parts: readonly (Uint8Array | string)[]): void {
  const part = `${file}.part-${process.pid}`;
  const bytes = parts.map((content) => (typeof content === 'string' ? Buffer.from(content) : content));
  try {
    makeFolders(dirname(file));
    writeFlushed(part, bytes);
    renameSync(part, file);
  } catch (error) {
    discard(part);
    throw writeFailure(file, `write ${bytes.reduce((sum, { length }) => sum + length, 0)} bytes`, error);
  }
}

/**
 * Makes a folder and its parents. Node's recursive `mkdir` can hang, and reports a read-only file system as a missing
 * file.
 */
export function makeFolders(folder: string, withParents = true): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statsOf(folder)?.isDirectory()) return;
    if (code !== 'ENOENT' || !withParents || dirname(folder) === folder) throw error;
    makeFolders(dirname(folder));
    makeFolders(folder, false);
  }
}

/** Writes the parts one after the other, without joining them in memory, and flushes the file to the disk. */
export function writeFlushed(file: string, parts: readonly Uint8Array[]): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const bytes of parts) {
      let written = 0;
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Flushes a folder's entries, so that a file created or renamed in it survives a loss of power. Does nothing on network
 * file systems that do not support it.
 */
export function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Removes the remains of a failed write; errors are ignored, since the write's failure is already being reported. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // the write's failure is reported instead
  }
}

/** The data failure of a file or folder that could not be written; `what` completes "could not". */
export function writeFailure(file: string, what: string, error: unknown): Failure {
  return new Failure('data', { file, message: `could not ${what}: ${systemProblem(error)}` }, remedyFor(file, error));
}

/** Describes an error of the operating system in words. */
export function systemProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : (meanings[code] ?? code);
}

const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EFBIG: 'a file larger than allowed (EFBIG)',
  EACCES: 'no permission (EACCES)',
  EPERM: 'no permission (EPERM)',
  EROFS: 'a read-only file system (EROFS)',
  ENOTDIR: 'a file where a folder should be (ENOTDIR)',
  EEXIST: 'a file where a folder should be (EEXIST)',
  ENOENT: 'no such file (ENOENT)',
  EISDIR: 'a folder (EISDIR)',
  ELOOP: 'links that lead round in a circle (ELOOP)',
  ENAMETOOLONG: 'too long a name (ENAMETOOLONG)',
  ENXIO: 'a pipe or a device (ENXIO)',
  ERR_FS_FILE_TOO_LARGE: 'a file of over 2 GiB (ERR_FS_FILE_TOO_LARGE)',
  ERR_INVALID_ARG_VALUE: 'a name with a null character',
};

function remedyFor(file: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return 'free some space, then run the same command again: what is finished is kept';
  if (code === 'EFBIG') return 'raise the limit (ulimit -f), then run the same command again: what is finished is kept';
  return isInCache(file) ? cacheRemedy : 'name a folder that this user may write to';
}
