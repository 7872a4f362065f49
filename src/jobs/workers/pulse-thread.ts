/**
 * The thread of a worker that publishes its pulse, so that others see it while the worker computes; worker 0's also
 * reads those of all others and reports one that hangs.
 */
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Pulse, pulseOf, pulseWords } from '#core/pulse';
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

const graceMs = 60_000; // in which the main thread saves a checkpoint and ends the run

const { memory, rank, places, everyMs, limits } = workerData as Pulsing;
const own = new Int32Array(memory);
const ownPlace = places[rank] as PulsePlace;
const look = limits && stallWatch(limits);
let last = performance.now();

publish(ownPlace);

const timer = setInterval(() => {
  const now = performance.now();
  const elapsedMs = Math.min(now - last, 2 * everyMs); // a pause of the whole machine does not count
  last = now;
  publish(ownPlace);
  const stall = look?.(elapsedMs, places.map(read));
  if (stall === undefined) return;
  clearInterval(timer);
  const end = () => endProcess(stallText(stall, places.length));
  if (stall.rank === 0) return end(); // its main thread cannot act
  parentPort?.postMessage(stall);
  setTimeout(end, graceMs); // it cannot act if it waits in a library for the one that hangs
}, everyMs);

/** Ends this process, whose main thread cannot, as only SIGKILL does; the other workers end by themselves. */
function endProcess(message: string): void {
  writeSync(2, `${message}\nwhat to do: ${lastCheckpoint}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function publish({ file, at }: PulsePlace): void {
  own[4] = ((own[4] as number) + 1) | 0;
  within(file, constants.O_WRONLY | constants.O_CREAT, (descriptor) =>
    writeSync(descriptor, new Int32Array(own), 0, undefined, at),
  );
}

/** The pulse of a worker: zero in memory before it has published any; undefined if its file cannot be read. */
function read({ file, at }: PulsePlace, r: number): Pulse | undefined {
  const words = new Int32Array(pulseWords);
  if (r === rank) words.set(own);
  else if (!within(file, constants.O_RDONLY, (d) => readSync(d, words, 0, words.byteLength, at))) return undefined;
  return pulseOf(words);
}

/** Uses an open file, or opens it each time, since network file systems cache the content of open ones. */
function within(file: number | string, flags: number, use: (descriptor: number) => void): boolean {
  try {
    const descriptor = typeof file === 'number' ? file : openSync(file, flags);
    try {
      use(descriptor);
    } finally {
      if (descriptor !== file) closeSync(descriptor);
    }
    return true;
  } catch {
    return false; // a folder that not all nodes share, or a disk that is full
  }
}
