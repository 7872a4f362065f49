/** Reads single pieces of many files by position, with few of the files open at a time. */
import { close, constants, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';
import { systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

const mostOpen = 32; // files; an open one is read three times as fast as one that is opened for each piece
const idleMs = 5000;

interface OpenFile {
  readonly descriptor: Promise<number>;
  readers: number;
}

const openFiles = new Map<string, OpenFile>(); // the least recently read first
let idle: NodeJS.Timeout | undefined;

/**
 * Reads a piece of a file into a new buffer. The file stays open until 32 others were read after it, or none for five
 * seconds. A file that is unreadable or too short is a data failure.
 */
export async function readPiece(file: string, offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const shared = openFiles.get(file) ?? { descriptor: opened(file), readers: 0 };
  openFiles.delete(file);
  openFiles.set(file, shared);
  shared.readers++;
  try {
    return await readExactly(await shared.descriptor, offset, length);
  } catch (error) {
    if (openFiles.get(file) === shared) openFiles.delete(file);
    throw dataFailure(file, `expected ${length} bytes at byte ${offset}; got ${systemProblem(error)}`);
  } finally {
    shared.readers--;
    if (openFiles.get(file) !== shared && shared.readers === 0) closeFile(shared);
    closeSpare(mostOpen);
    closeWhenIdle();
  }
}

async function opened(file: string): Promise<number> {
  const descriptor = await promisify(open)(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(descriptor).isFile()) return descriptor;
  await promisify(close)(descriptor);
  throw new Error('a folder, a pipe or a device');
}

/** Reads bytes of an open file into a new buffer; throws if the file ends before. */
export async function readExactly(descriptor: number, offset: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let filled = 0; filled < length; ) {
    const got = await readOnce(descriptor, bytes, filled, offset + filled);
    if (got === 0) throw new Error(`the end of the file at byte ${offset + filled}`);
    filled += got;
  }
  return bytes;
}

/** Node's `read` as a promise; the number of bytes read, 0 at the end of the file. */
function readOnce(descriptor: number, into: Buffer, at: number, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, bytes: number) => (error === null ? resolve(bytes) : reject(error));
    read(descriptor, into, at, into.length - at, offset, done);
  });
}

/** Closes files that nobody reads, until at most the allowed number is open. */
function closeSpare(most: number): void {
  for (const [file, shared] of openFiles) {
    if (openFiles.size <= most) return;
    if (shared.readers > 0) continue;
    openFiles.delete(file);
    closeFile(shared);
  }
}

function closeFile({ descriptor }: OpenFile): void {
  descriptor.then(
    (open) => close(open),
    () => undefined, // never opened
  );
}

function closeWhenIdle(): void {
  idle ??= setTimeout(() => {
    idle = undefined;
    closeSpare(0);
  }, idleMs).unref();
  idle.refresh();
}
