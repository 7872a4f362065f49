/** Times several things in turns, so that whatever else the machine does meets all of them alike. */
import { deviationOf, medianOf } from '#core/statistics/scoring';

/** What is timed: one run of it. */
export interface Subject {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface Timing {
  readonly name: string;
  /** Median over the repeats. */
  readonly ms: number;
  /** Standard deviation over the repeats; null for one. */
  readonly deviation: number | null;
  readonly repeats: number;
}

export interface TurnOptions {
  /** Turns of each subject that count. */
  readonly repeats: number;
  /** Runs of each subject beforehand, which do not. */
  readonly warmup: number;
  readonly clock: () => number;
  /** Is told before each round of turns how many are done. */
  readonly tell?: ((rounds: number) => void) | undefined;
}

const runsOfTurn = 3;

/**
 * Timings in the order of the subjects. A turn runs its subject once to warm the caches that others have filled, then
 * three times by the clock, and counts as their median; the order of turns rotates from round to round.
 */
export async function interleaved(subjects: readonly Subject[], options: TurnOptions): Promise<Timing[]> {
  const { repeats, warmup, clock, tell } = options;
  for (const { run } of subjects) for (let i = 0; i < warmup; i++) await run();
  const turns = subjects.map((): number[] => []);
  for (let round = 0; round < repeats; round++) {
    tell?.(round);
    for (let i = 0; i < subjects.length; i++) {
      const s = (round + i) % subjects.length;
      turns[s]?.push(await turn(subjects[s] as Subject, clock));
    }
  }
  return subjects.map(({ name }, s) => {
    const ms = turns[s] as number[];
    return { name, ms: medianOf(ms), deviation: deviationOf(ms), repeats };
  });
}

async function turn({ run }: Subject, clock: () => number): Promise<number> {
  await run();
  const ms: number[] = [];
  for (let i = 0; i < runsOfTurn; i++) {
    const start = clock();
    await run();
    ms.push(clock() - start);
  }
  return medianOf(ms);
}
