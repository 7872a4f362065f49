/**
 * The event files that TensorBoard shows, `events.out.tfevents.SECONDS.HOST.PID.0` in the folder of a run: one of each
 * process that ran it, in TFRecord's framing. They are a copy of the run's logs for another program; nothing reads them
 * back but resuming, which cuts off the steps that are lost.
 *
 * TensorBoard reads files in the order of their names and each of them once, while it grows. So a resumed run leaves the
 * kept part of a file in its place and continues in a new one, whose name is later and whose first record tells a
 * TensorBoard that has already read the lost steps to forget them.
 */
import { truncateSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { namesIn, readBytes, writeFailure } from '#core/files/files';
import { recordAt, recordOf } from '#data/images/formats/tfrecord/records';
import { type AppendOnly, openAppendOnly } from '#jobs/runs/append-only';
import { type EventContent, eventBytes, glimpsedEvent, type SummaryValue } from './event-message.js';

/** The run's record for TensorBoard. */
export interface TensorBoardLog extends Omit<AppendOnly, 'append'> {
  /** @param step  number of finished steps */
  append(step: number, values: readonly SummaryValue[]): void;
  /** Appends the run's result, which a resumed run drops since it writes it again. */
  appendResult(step: number, text: string): void;
}

const resultTag = 'result';
const configTag = 'config';
const version = 'brain.Event:2'; // the first version whose session starts TensorBoard heeds
const fileName = /^events\.out\.tfevents\.(\d{10,})\./;

/**
 * Cuts the event files of a run down to `step`, the steps that it keeps, and begins another file.
 *
 * @param config  shown as a text at step 0, unless an earlier file has it
 * @param notice  receives a message about each damaged file
 */
export function openTensorBoardLog(
  folder: string,
  step: number,
  config: string,
  notice: (message: string) => void,
): TensorBoardLog {
  const earlier = eventFiles(folder);
  const kept = earlier.flatMap((name) => cutOff(join(folder, name), step, notice));
  const file = openAppendOnly(join(folder, nextName(earlier.at(-1))), 0);
  const append = (content: EventContent) => file.append(recordOf(eventBytes(content, Date.now() / 1000)));
  append({ version });
  append({ startsAt: step + 1 });
  if (!kept.includes(configTag)) append({ step: 0, values: [{ tag: configTag, text: fenced('yaml', config) }] });
  return {
    append: (step, values) => append({ step, values }),
    appendResult: (step, text) => append({ step, values: [{ tag: resultTag, text: fenced('json', text) }] }),
    flush: file.flush,
    close: file.close,
  };
}

/** The names of the event files in a folder, in TensorBoard's order. */
export function eventFiles(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => fileName.test(name))
    .sort();
}

/** A name that follows the last one, even if both processes began in the same second or the clock went back. */
function nextName(last: string | undefined): string {
  const before = Number(fileName.exec(last ?? '')?.[1] ?? 0);
  const seconds = Math.max(Math.floor(Date.now() / 1000), before + 1);
  return `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.0`;
}

/** Formats a text as a code block in Markdown. */
function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

/**
 * Cuts a file off before the first record of a later step, the result, or a record that is torn or damaged: TensorBoard
 * reads nothing that follows one. Returns the tags of the values that remain.
 */
function cutOff(file: string, step: number, notice: (message: string) => void): string[] {
  const bytes = Buffer.from(readBytes(file));
  const tags: string[] = [];
  let end = 0;
  while (end < bytes.length) {
    const record = soundEvent(bytes, end);
    if (record === 'damaged') notice(`${file}: damaged at byte ${end}, so TensorBoard will lack what follows`);
    if (typeof record === 'string' || record.step > step || record.tags.includes(resultTag)) break;
    tags.push(...record.tags);
    end = record.end;
  }
  if (end < bytes.length) truncate(file, end);
  return tags;
}

function soundEvent(bytes: Buffer, at: number) {
  const record = recordAt(bytes, at);
  if (typeof record === 'string') return record;
  try {
    return { end: record.end, ...glimpsedEvent(record.data) };
  } catch {
    return 'damaged';
  }
}

function truncate(file: string, end: number): void {
  try {
    truncateSync(file, end);
  } catch (error) {
    throw writeFailure(file, 'cut off the lost steps', error);
  }
}
