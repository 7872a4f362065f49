/** Times several subjects in turns, so that other load of the machine affects all of them equally. */
import { type ConfidenceInterval, medianInterval } from '#core/statistics/confidence';
import { deviationOf, medianOf } from '#core/statistics/scoring';
import type { TimedRun } from '#data/runtimes/timed-run';

/** A subject to time. */
export interface Subject {
  readonly name: string;
  /** True if it computes on one thread, so that its time on the processor is its latency on an idle machine. */
  readonly isOneThread: boolean;
  /** Runs it this many times in a row. */
  run(times: number): Promise<readonly TimedRun[]>;
}

export interface Timing {
  readonly name: string;
  /** Median over the repeats. */
  readonly ms: number;
  /** 95 % interval of the median; null for fewer than six repeats. */
  readonly interval: ConfidenceInterval | null;
  /** Standard deviation over the repeats; null for one. */
  readonly deviation: number | null;
  readonly repeats: number;
  /** Repeats whose runs the operating system interrupted, so that no undisturbed time is known. */
  readonly interrupted: number;
}

export interface TurnOptions {
  /** Timed turns of each subject. */
  readonly repeats: number;
  /** Runs of each subject beforehand, not timed. */
  readonly warmup: number;
  /** Called before each round of turns with the number of rounds done. */
  readonly tell?: ((rounds: number) => void) | undefined;
}

const runsOfTurn = 3;
const mostTries = 4; // to get that many runs without interruption

/** One turn of a subject. */
export interface Turn {
  readonly ms: number;
  readonly interrupted: boolean;
  readonly runs: readonly TimedRun[];
}

/** Returns timings in the order of the subjects, from turns that `turnsOf` takes. */
export async function interleaved(subjects: readonly Subject[], options: TurnOptions): Promise<Timing[]> {
  const turns = await turnsOf(subjects, options);
  return subjects.map(({ name }, s) => timingOf(name, turns[s] as Turn[]));
}

export function timingOf(name: string, turns: readonly Turn[]): Timing {
  const ms = turns.map((one) => one.ms);
  const interrupted = turns.filter((one) => one.interrupted).length;
  const [repeats, interval] = [turns.length, medianInterval(ms)];
  return { name, ms: medianOf(ms), interval, deviation: deviationOf(ms), repeats, interrupted };
}

/**
 * Returns the turns of each subject. A turn runs its subject once to warm the caches that others have filled, then three
 * times by the clock, and counts as the median of these; the order of turns rotates from round to round. Runs that the
 * operating system interrupts are repeated, three at a time, while some are undisturbed, up to twelve. If fewer than
 * three are undisturbed, the turn is the median of all, for a subject on one thread of its time on the processor.
 */
export async function turnsOf(subjects: readonly Subject[], { repeats, warmup, tell }: TurnOptions): Promise<Turn[][]> {
  for (const { run } of subjects) await run(warmup);
  const turns = subjects.map((): Turn[] => []);
  for (let round = 0; round < repeats; round++) {
    tell?.(round);
    for (let i = 0; i < subjects.length; i++) {
      const s = (round + i) % subjects.length;
      turns[s]?.push(await turn(subjects[s] as Subject));
    }
  }
  return turns;
}

async function turn({ isOneThread, run }: Subject): Promise<Turn> {
  const runs: TimedRun[] = [];
  for (let tries = 0; tries < mostTries; tries++) {
    const [, ...warm] = await run(1 + runsOfTurn);
    runs.push(...warm);
    const undisturbed = runs.filter(({ interrupted }) => !interrupted);
    if (undisturbed.length >= runsOfTurn) {
      return { ms: medianOf(undisturbed.map(({ ms }) => ms)), interrupted: false, runs };
    }
    if (undisturbed.length === 0) break; // a run takes longer than the system lets it run
  }
  return { ms: medianOf(runs.map(({ ms, busyMs }) => (isOneThread ? busyMs : ms))), interrupted: true, runs };
}
