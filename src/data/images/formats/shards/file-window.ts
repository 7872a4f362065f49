/** Reads a file by position through a window that moves forward, for scans that pass over most of it. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

const windowBytes = 2 ** 13; // little next to an image, so that a scan skips the images

/** A file open for scanning; its owner closes it. */
export class FileWindow {
  readonly file: string;
  readonly size: number;
  readonly #descriptor: number;
  #buffer = Buffer.allocUnsafe(windowBytes);
  #start = 0;
  #filled = 0;

  constructor(file: string) {
    this.file = file;
    this.#descriptor = opened(file);
    const found = fstatSync(this.#descriptor);
    if (!found.isFile()) {
      this.close();
      throw dataFailure(file, 'expected a file; got a folder, a pipe or a device');
    }
    this.size = found.size;
  }

  /** Bytes at an offset, valid until the next call; fewer than asked for at the end of the file. */
  at(offset: number, length: number): Buffer {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (offset < this.#start || offset + wanted > this.#start + this.#filled) this.#move(offset, wanted);
    return this.#buffer.subarray(offset - this.#start, offset - this.#start + wanted);
  }

  #move(offset: number, wanted: number): void {
    if (wanted > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(wanted);
    this.#start = offset;
    this.#filled = 0;
    const most = Math.min(this.#buffer.length, this.size - offset);
    while (this.#filled < most) {
      const got = this.#read(this.#buffer, this.#filled, most - this.#filled);
      if (got === 0) throw dataFailure(this.file, `expected ${this.size} bytes; got a file that becomes shorter`);
      this.#filled += got;
    }
  }

  #read(into: Buffer, at: number, length: number): number {
    try {
      return readSync(this.#descriptor, into, at, length, this.#start + at);
    } catch (error) {
      throw dataFailure(this.file, `expected a readable file; got ${systemProblem(error)}`);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function opened(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for a writer
  } catch (error) {
    throw dataFailure(file, `expected a readable file; got ${systemProblem(error)}`);
  }
}

/** Opens a file, scans it and closes it. */
export async function scanned<T>(file: string, scan: (window: FileWindow) => Promise<T>): Promise<T> {
  const window = new FileWindow(file);
  try {
    return await scan(window);
  } finally {
    window.close();
  }
}

/** Lets other events in while a long scan runs, so that a signal is seen. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
