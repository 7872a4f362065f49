/** Logs of a run that grow by one JSON line at a time: `events.jsonl`, `policy.jsonl`. */
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readBytes, writeAtomically, writeFailure } from '../core/files.js';

/** One line of a log. `step` counts the steps that were finished when it was written. */
export interface EventLine {
  readonly step: number;
  readonly [field: string]: unknown;
}

export interface EventLog {
  append(line: EventLine): void;
  /** Flushes what was appended to the disk. */
  flush(): void;
  close(): void;
}

/**
 * Opens a log to go on after `step` finished steps: lines of later steps and a torn last line are dropped, so that a
 * run that was killed and resumed leaves the lines of one that never was. Without a step it begins empty.
 */
export function openEventLog(file: string, step: number | undefined): EventLog {
  const kept = step === undefined ? '' : linesUntil(file, step);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== kept) writeAtomically(file, kept);
  const descriptor = opened(file);
  let end = Buffer.byteLength(kept);
  return {
    append: (line) => {
      end += appended(file, descriptor, end, Buffer.from(`${JSON.stringify(line)}\n`));
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

/** Appends one whole line or, where the disk refuses, none of it. */
function appended(file: string, descriptor: number, end: number, bytes: Buffer): number {
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    return written;
  } catch (error) {
    cutOff(descriptor, end);
    throw writeFailure(file, `append ${bytes.length} bytes`, error);
  }
}

function cutOff(descriptor: number, end: number): void {
  try {
    ftruncateSync(descriptor, end);
  } catch {
    // The torn line is dropped on resuming; the append's own failure is the one to report.
  }
}

/** The whole lines of a log, in order; a torn one is left out, and no file is no lines. */
export function readEvents(file: string): EventLine[] {
  return existsSync(file) ? wholeLines(file).map(({ line }) => line) : [];
}

function linesUntil(file: string, step: number): string {
  if (!existsSync(file)) return '';
  const kept = wholeLines(file).filter(({ line }) => line.step <= step);
  return kept.map(({ text }) => `${text}\n`).join('');
}

function wholeLines(file: string): { text: string; line: EventLine }[] {
  const texts = Buffer.from(readBytes(file)).toString('utf8').split('\n');
  return texts.flatMap((text) => {
    const line = parsedLine(text);
    return line === undefined ? [] : [{ text, line }];
  });
}

function parsedLine(text: string): EventLine | undefined {
  try {
    const line = JSON.parse(text) as EventLine | null;
    return typeof line?.step === 'number' ? line : undefined;
  } catch {
    return undefined;
  }
}
