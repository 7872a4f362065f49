/** Writes folders atomically: a folder exists complete or not at all. */
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '#core/failure';
import { isAlive } from '#core/machine/processes';
import { discard, flushFolder, makeFolders, writeFailure, writeFlushed } from './files.js';

/** The name of a file to write, which may lie in folders (`a/b`), and its content; several parts are written one after the other. */
export interface FileContent {
  readonly name: string;
  readonly content: string | readonly Uint8Array[];
}

/** Refuses an existing folder with a usage failure. */
export function requireNewFolder(folder: string, option: string): void {
  if (!existsSync(folder)) return;
  const message = 'expected a folder that is not there yet; got one that is';
  throw new Failure('usage', { file: folder, message }, `name another with ${option}, or remove this one`);
}

/** Writes a new folder with these files; like `makeWholeFolder`. */
export function writeFolder(folder: string, files: readonly FileContent[]): void {
  makeWholeFolder(folder, `write ${files.length} files`, (part) => {
    const folders = new Set<string>();
    for (const { name, content } of files) {
      const file = join(part, name);
      makeFolders(dirname(file));
      folders.add(dirname(file));
      writeFlushed(file, typeof content === 'string' ? [Buffer.from(content)] : content);
    }
    for (const path of folders) flushFolder(path);
  });
}

/**
 * Makes a new folder: into `FOLDER.part-PID`, flushed to the disk, then renamed. Remains of killed processes are
 * removed first. An error of the disk is a data failure that leaves nothing behind.
 *
 * @param what  completes "could not" in the message of a failure
 * @param fill  writes and flushes the files in the folder that it gets
 */
export function makeWholeFolder<T>(folder: string, what: string, fill: (part: string) => T): T {
  const path = resolve(folder);
  const part = `${path}.part-${process.pid}`;
  try {
    makeFolders(dirname(path));
    removeLeftovers(path);
    mkdirSync(part);
    const filled = fill(part);
    flushFolder(part);
    renameSync(part, path);
    flushFolder(dirname(path));
    return filled;
  } catch (error) {
    discard(part);
    throw error instanceof Failure ? error : writeFailure(folder, what, error);
  }
}

function removeLeftovers(path: string): void {
  const start = `${basename(path)}.part-`;
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(start) ? Number(name.slice(start.length)) : Number.NaN;
    if (Number.isInteger(pid) && (pid === process.pid || !isAlive(pid))) discard(join(dirname(path), name));
  }
}
