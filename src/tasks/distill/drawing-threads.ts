/** Threads that draw the rows of a set while the teacher computes in the main thread. */
import { Worker } from 'node:worker_threads';
import { Failure } from '#core/failure';
import { sharedSource } from '#data/images/shared-source';
import type { BuildImages } from './build-images.js';
import type { PlannedRow } from './build-plan.js';
import { type DrawReply, type DrawRequest, sharedTrain, type ThreadStart } from './draw-messages.js';
import type { DrawingSettings, DrawnRows, DrawRows } from './draw-rows.js';

export interface DrawingThreads {
  readonly draw: DrawRows;
  end(): Promise<void>;
}

/** The program of every thread, from the build even when tests run src/. */
const program = new URL('../../../dist/tasks/distill/draw-thread.js', import.meta.url);

/**
 * Limits of a thread's memory, in MB. Thousands of small images, whose pixels lie outside the heap, would otherwise wait
 * in the young generation to be collected: some 100 MB in each thread. It is as fast.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 2 };

/** Starts threads; each request is divided among them, and the rows are the same for any number of threads. */
export function startDrawing(count: number, images: BuildImages, settings: DrawingSettings): DrawingThreads {
  const { parts, form, fit } = images;
  const inThreads = { ...settings, train: sharedTrain(settings.train) };
  const start: ThreadStart = { parts: parts.map(sharedSource), form, fit, settings: inThreads };
  const threads = Array.from({ length: count }, () => startThread(start));
  return {
    async draw(rows) {
      const perThread = Math.ceil(rows.length / count);
      const parts = threads
        .map((_, i) => rows.slice(i * perThread, (i + 1) * perThread))
        .filter(({ length }) => length > 0);
      return joined(await Promise.all(parts.map((part, i) => (threads[i] as Thread).draw(part))));
    },
    end: async () => {
      await Promise.all(threads.map(({ end }) => end()));
    },
  };
}

type Thread = DrawingThreads;

function startThread(start: ThreadStart): Thread {
  const worker = new Worker(program, { workerData: start, execArgv: [], resourceLimits });
  const waiting = new Map<number, { resolve: (drawn: DrawnRows) => void; reject: (error: unknown) => void }>();
  let next = 0;
  const failAll = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('message', (reply: DrawReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('drawn' in reply) waiter?.resolve(reply.drawn);
    else waiter?.reject(errorOf(reply));
  });
  worker.on('error', failAll);
  worker.on('exit', (code) => failAll(new Error(`a drawing thread ended with ${code}`)));
  return {
    draw: (rows: readonly PlannedRow[]) =>
      new Promise((resolve, reject) => {
        waiting.set(next, { resolve, reject });
        worker.postMessage({ id: next++, rows } satisfies DrawRequest);
      }),
    end: async () => {
      await worker.terminate();
    },
  };
}

function errorOf(reply: Exclude<DrawReply, { drawn: unknown }>): Error {
  if ('error' in reply) return new Error(reply.error);
  const { kind, diagnostics, remedy } = reply.failure;
  return new Failure(kind, diagnostics, remedy);
}

function joined(parts: readonly DrawnRows[]): DrawnRows {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  return {
    pixels: Buffer.concat(parts.map(({ pixels }) => pixels)),
    encoded: parts.flatMap(({ encoded }) => encoded),
    labels: Int32Array.from(parts.flatMap(({ labels }) => [...labels])),
    mixing: {
      labels: Int32Array.from(parts.flatMap(({ mixing }) => [...mixing.labels])),
      shares: Float32Array.from(parts.flatMap(({ mixing }) => [...mixing.shares])),
    },
  };
}
