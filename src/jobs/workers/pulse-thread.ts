/**
 * The thread of a worker that publishes its pulse, so that others see it while the worker computes; worker 0's also
 * reads those of all others and reports one that hangs.
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { pulseOf, pulseWords } from '#core/pulse';
import { type StallLimits, stallText, stallWatch } from './stall.js';
import { lastCheckpoint } from './worker-lost.js';

/** Where a worker publishes its pulse: an open file or a path, and an offset in bytes. */
export interface PulsePlace {
  readonly file: number | string;
  readonly at: number;
}

export interface Pulsing {
  readonly memory: SharedArrayBuffer;
  readonly rank: number;
  /** By rank. */
  readonly places: readonly PulsePlace[];
  readonly everyMs: number;
  /** Given to worker 0, which watches the others. */
  readonly limits?: StallLimits | undefined;
}

const { memory, rank, places, everyMs, limits } = workerData as Pulsing;
const own = new Int32Array(memory);
const look = limits && stallWatch(limits);
let last = performance.now();

const timer = setInterval(() => {
  const now = performance.now();
  const elapsedMs = Math.min(now - last, 2 * everyMs); // a pause of the whole machine does not count
  last = now;
  publish(places[rank] as PulsePlace);
  const stall = look?.(elapsedMs, places.map(read).map(pulseOf));
  if (stall === undefined) return;
  clearInterval(timer);
  if (stall.rank > 0) parentPort?.postMessage(stall);
  else endProcess(stallText(stall, places.length)); // its main thread cannot act
}, everyMs);

/** Ends this process, whose main thread hangs, as only SIGKILL can; the other workers end by themselves. */
function endProcess(message: string): void {
  writeSync(2, `${message}\nwhat to do: ${lastCheckpoint}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function publish({ file, at }: PulsePlace): void {
  within(file, constants.O_WRONLY | constants.O_CREAT, (descriptor) =>
    writeSync(descriptor, new Int32Array(own), 0, undefined, at),
  );
}

/** The pulse of a worker; that of one that has not published any yet, or whose file cannot be read, is zero. */
function read({ file, at }: PulsePlace, r: number): Int32Array {
  const words = new Int32Array(pulseWords);
  if (r === rank) words.set(own);
  else within(file, constants.O_RDONLY, (descriptor) => readSync(descriptor, words, 0, words.byteLength, at));
  return words;
}

/** Uses an open file, or opens it each time, since network file systems cache the content of open ones. */
function within(file: number | string, flags: number, use: (descriptor: number) => void): void {
  try {
    if (typeof file === 'number') {
      use(file);
      return;
    }
    const descriptor = openSync(file, flags);
    try {
      use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // the worker counts as one that has published nothing
  }
}
