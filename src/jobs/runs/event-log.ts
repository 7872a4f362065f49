/** The JSON Lines logs of a run: `events.jsonl`, `policy.jsonl` and `samples.jsonl`. */
import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { readBytes, readFrom, statsOf, writeAtomically } from '#core/files/files';
import { isTooDeep } from '#core/files/nesting';
import { utf8 } from '#core/files/text';
import { openAppendOnly } from './append-only.js';

/** One line of a log; only `step` is checked, the number of steps finished when the line was written. */
export interface LogLine {
  readonly step: number;
  readonly [field: string]: unknown;
}

export interface EventLog<L extends LogLine = LogLine> {
  append(line: L): void;
  /** Flushes the appended lines to the disk. */
  flush(): void;
  close(): void;
}

/**
 * Opens a log to append to after `step` finished steps. Lines of later steps and a torn last line are dropped, so that
 * a run that was killed and resumed leaves the same lines as one that was not. Without `step`, the log begins empty.
 * Other damaged lines are reported to `notice` and dropped too.
 */
export function openEventLog<L extends LogLine = LogLine>(
  file: string,
  step: number | undefined,
  notice: (message: string) => void = () => {},
): EventLog<L> {
  const before = existsSync(file) ? readBytes(file) : undefined;
  const kept = step === undefined || before === undefined ? new Uint8Array() : linesUntil(file, before, step, notice);
  if (before === undefined || Buffer.compare(before, kept) !== 0) writeAtomically(file, kept);
  const { append, ...opened } = openAppendOnly(file, kept.length);
  return { append: (line) => append(Buffer.from(`${JSON.stringify(line)}\n`)), ...opened };
}

/** The complete lines of a log, in order, without torn and damaged ones; none if the file does not exist. */
export function readEvents(file: string): LogLine[] {
  return readNumberedEvents(file, () => {}).map(({ line }) => line);
}

/** The same, each with its number in the file; other lines than a torn last one are reported to `notice`. */
export function readNumberedEvents(
  file: string,
  notice: (message: string) => void,
): Pick<SoundLine, 'number' | 'line'>[] {
  return existsSync(file) ? soundLines(file, readBytes(file), notice) : [];
}

/** The message about a damaged line. */
export function damagedLine(file: string, number: number): string {
  return `${file}:${number}: damaged, so this line is left out`;
}

/** The complete lines in a part of a log, without damaged ones. */
export function parsedLines(bytes: Uint8Array): LogLine[] {
  return linesOf(bytes).flatMap((line) => parsedLine(line) ?? []);
}

const pieceBytes = 2 ** 20;

/**
 * Yields the complete lines of a log in order, like `readNumberedEvents`, but holds only a part of the file at a time.
 * Lines that are appended later are left out.
 */
export function* streamedEvents(
  file: string,
  notice: (message: string) => void,
): Generator<Pick<SoundLine, 'number' | 'line'>> {
  const size = statsOf(file)?.size ?? 0;
  let [at, number, longest] = [0, 0, pieceBytes];
  while (at < size) {
    const bytes = readFrom(file, at, Math.min(longest, size - at));
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1);
    if (whole.length === 0 && at + bytes.length >= size) return; // a torn last line
    longest = whole.length === 0 ? 2 * longest : pieceBytes;
    for (const text of linesOf(whole)) {
      const line = parsedLine(text);
      number++;
      if (line === undefined) notice(damagedLine(file, number));
      else yield { number, line };
    }
    at += whole.length;
  }
}

const tailBytes = 2 ** 14; // a line of a search with three costs has about 800 bytes

/** The last complete and undamaged line of a log; undefined if there is none. Reads only the end of the file. */
export function lastEvent(file: string): LogLine | undefined {
  if (!existsSync(file)) return undefined;
  for (let length = tailBytes; ; length *= 8) {
    const bytes = readFrom(file, -length);
    const isWhole = bytes.length < length;
    const lines = linesOf(bytes).slice(isWhole ? 0 : 1); // the first line may be cut off
    const last = lines.reverse().flatMap((line) => parsedLine(line) ?? [])[0];
    if (last !== undefined || isWhole) return last;
  }
}

function linesUntil(file: string, bytes: Uint8Array, step: number, notice: (message: string) => void): Uint8Array {
  const kept = soundLines(file, bytes, notice).filter(({ line }) => line.step <= step);
  return Buffer.concat(kept.flatMap(({ text }) => [text, lineEnd]));
}

/** A complete and undamaged line. */
interface SoundLine {
  /** From 1. */
  readonly number: number;
  readonly text: Uint8Array;
  readonly line: LogLine;
}

/** The sound lines of a log; damaged ones other than a torn last one are reported to `notice`. */
function soundLines(file: string, bytes: Uint8Array, notice: (message: string) => void): SoundLine[] {
  const lines = linesOf(bytes);
  const torn = bytes.at(-1) === 10 ? -1 : lines.length - 1;
  return lines.flatMap((text, i) => {
    const line = parsedLine(text);
    if (line === undefined && i !== torn) notice(damagedLine(file, i + 1));
    return line === undefined ? [] : [{ number: i + 1, text, line }];
  });
}

const lineEnd = Buffer.from('\n');

/** The lines of a log without their line ends; the last may be torn. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const at = bytes.indexOf(10, from);
    const end = at < 0 ? bytes.length : at;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

function parsedLine(bytes: Uint8Array): LogLine | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    const line = JSON.parse(utf8(bytes)) as LogLine | null;
    const isEvent = line !== null && Number.isSafeInteger(line.step) && line.step >= 0 && !isTooDeep(line);
    return isEvent ? line : undefined;
  } catch {
    return undefined;
  }
}
