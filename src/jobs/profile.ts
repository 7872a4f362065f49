/** `--profile`: a Chrome trace of some steps on all workers, and the share of each kind of work in them. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeAtomically } from '#core/files/files';
import { percent } from '#core/percent';
import { endTrace, openSpan, type Span, startTrace, type Work } from '#core/trace';
import type { Collective } from '#jobs/workers/collective';

/** The steps to trace, and the folder for their trace. */
export interface ProfilePlan {
  readonly folder: string;
  /** Finished steps of the run after which the trace begins. */
  readonly after: number;
  /** Finished steps of the run after which the trace ends. */
  readonly until: number;
}

/** Called at the end of each step with the number of finished steps. */
export type Profiler = (done: number) => Promise<void>;

const untraced = 5; // the first steps allocate memory and choose kernels

/** A plan to trace `count` of the remaining steps; skips the first few if enough remain. */
export function profilePlan(
  folder: string,
  count: number | undefined,
  from: number,
  steps: number,
): ProfilePlan | undefined {
  if (count === undefined) return undefined;
  const after = from + Math.max(0, Math.min(untraced, steps - from - count));
  return { folder, after, until: Math.min(steps, after + count) };
}

/**
 * Returns the function that traces the planned steps and then writes `profile.json`.
 *
 * @param note  called on worker 0 with the outcome
 */
export function profiler(
  plan: ProfilePlan | undefined,
  from: number,
  collective: Collective,
  note: (line: string) => void,
): Profiler {
  if (plan === undefined || plan.until <= plan.after) return async () => {};
  const { rank, size } = collective;
  const part = (r: number) => join(plan.folder, `profile.worker${r}.json`);
  let endStep: (() => void) | undefined;
  const begin = (step: number) => {
    endStep = openSpan('step', `step ${step}`);
  };
  if (from === plan.after) {
    startTrace();
    begin(from);
  }
  return async (done) => {
    endStep?.();
    endStep = undefined;
    if (done === plan.after) startTrace();
    if (done >= plan.after && done < plan.until) begin(done);
    if (done !== plan.until) return;
    write(part(rank), endTrace());
    await collective.any(false); // a barrier: all workers have written their part
    if (rank !== 0) return;
    const workers = Array.from({ length: size }, (_, r) => readJson(part(r)) as Span[]);
    const file = join(plan.folder, 'profile.json');
    write(file, chromeTrace(workers));
    for (let r = 0; r < size; r++) rmSync(part(r));
    note(`${file} (for ui.perfetto.dev): ${sharesText(timeShares(workers.flat()))}`);
  };
}

function write(file: string, document: object): void {
  writeAtomically(file, JSON.stringify(document));
}

export type TimeShares = Readonly<Record<Exclude<Work, 'step'> | 'javascript', number>>;

/** Shares of the steps' time, which add up to 1; time that no span covers counts as JavaScript. */
export function timeShares(spans: readonly Span[]): TimeShares {
  const sums = { kernel: 0, javascript: 0, transfer: 0, data: 0, controller: 0, averaging: 0, waiting: 0, keeping: 0 };
  let steps = 0;
  for (const { work, duration } of spans) {
    if (work === 'step') steps += duration;
    else sums[work] += duration;
  }
  sums.javascript = steps - Object.values(sums).reduce((a, b) => a + b);
  return Object.fromEntries(Object.entries(sums).map(([work, sum]) => [work, sum / steps])) as TimeShares;
}

function sharesText(shares: TimeShares): string {
  const sorted = Object.entries(shares).sort(([, a], [, b]) => b - a);
  return sorted.map(([work, share]) => `${work} ${percent(share, 1)}`).join(', ');
}

/** A document in Chrome's trace event format: complete events in microseconds, one process per worker. */
export function chromeTrace(workers: readonly (readonly Span[])[]): object {
  const origin = Math.min(...workers.flat().map(({ start }) => start));
  const events = workers.flatMap((spans, pid) => [
    { ph: 'M', pid, tid: 0, name: 'process_name', args: { name: `worker ${pid}` } },
    ...[...spans, ...gaps(spans)].map(({ work, name, start, duration }) => ({
      ph: 'X',
      pid,
      tid: 0,
      cat: work,
      name,
      ts: Number((start - origin).toFixed(3)),
      dur: Number(duration.toFixed(3)),
    })),
  ]);
  return { traceEvents: events, displayTimeUnit: 'ms', otherData: { shares: timeShares(workers.flat()) } };
}

/** JavaScript spans that fill the gaps between the other spans of each step. */
function gaps(spans: readonly Span[]): { work: 'javascript'; name: string; start: number; duration: number }[] {
  const found: { work: 'javascript'; name: string; start: number; duration: number }[] = [];
  const parts = spans.filter(({ work }) => work !== 'step').sort((a, b) => a.start - b.start);
  let next = 0;
  for (const step of spans.filter(({ work }) => work === 'step')) {
    let at = step.start;
    const end = step.start + step.duration;
    const gapUntil = (until: number) => {
      if (until > at) found.push({ work: 'javascript', name: 'JavaScript', start: at, duration: until - at });
    };
    for (; next < parts.length && (parts[next] as Span).start < end; next++) {
      const { start, duration } = parts[next] as Span;
      gapUntil(start);
      at = Math.max(at, start + duration);
    }
    gapUntil(end);
  }
  return found;
}
