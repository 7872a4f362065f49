/** The progress of building a set, as reports. */
import type { Progress } from '#jobs/observer';
import type { BuildProgress } from './build-request.js';

const reports = 100; // of the selection from a pool, and of the rows

/**
 * Returns a callback for `buildDistillationSet` that tells the progress after every hundredth, with the rate since the
 * first report and the time left.
 *
 * @param clock  milliseconds
 */
export function inReports(tell: (progress: Progress) => void, clock: () => number): (progress: BuildProgress) => void {
  let first: { readonly stage: string; readonly made: number; readonly ms: number } | undefined;
  let told = -1;
  return ({ part, rows, of, kept }) => {
    const stage = part === 'pool' ? 'select from pool' : 'dataset build';
    if (first?.stage !== stage) [first, told] = [undefined, -1];
    const share = Math.floor((reports * rows) / of);
    if (share <= told) return;
    told = share;
    const made = rows - kept;
    first ??= { stage, made, ms: clock() };
    const rate = (made - first.made) / (clock() - first.ms); // rows per ms; NaN at first
    const speed = rate > 0 ? { imagesPerSecond: 1000 * rate, secondsLeft: (of - rows) / rate / 1000 } : {};
    tell({ stage, step: rows, steps: of, ...speed });
  };
}
