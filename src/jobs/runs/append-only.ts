/** Files that grow record by record, each of them whole. */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { writeFailure } from '#core/files/files';

export interface AppendOnly {
  /** Appends one whole record or, if the disk refuses, none of it: a data failure. */
  append(record: Uint8Array): void;
  /** Flushes the appended records to the disk. */
  flush(): void;
  close(): void;
}

/** Opens a file of `length` bytes to append to, or makes it. */
export function openAppendOnly(file: string, length: number): AppendOnly {
  const descriptor = opened(file);
  let end = length;
  return {
    append(record) {
      appendWhole(file, descriptor, end, record);
      end += record.length;
    },
    flush: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}

function opened(file: string): number {
  try {
    return openSync(file, 'a');
  } catch (error) {
    throw writeFailure(file, 'append to the log', error);
  }
}

function appendWhole(file: string, descriptor: number, end: number, bytes: Uint8Array): void {
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    cutOff(descriptor, end);
    throw writeFailure(file, `append ${bytes.length} bytes`, error);
  }
}

function cutOff(descriptor: number, end: number): void {
  try {
    ftruncateSync(descriptor, end);
  } catch {
    // The torn record is dropped on resuming; the append's own failure is the one to report.
  }
}
