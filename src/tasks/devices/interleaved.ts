/** Times several subjects in turns, so that other load of the machine affects all of them equally. */
import { deviationOf, medianOf } from '#core/statistics/scoring';

/** A subject to time; `run` runs it once. */
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
  /** Timed turns of each subject. */
  readonly repeats: number;
  /** Runs of each subject beforehand, not timed. */
  readonly warmup: number;
  readonly clock: () => number;
  /** Called before each round of turns with the number of rounds done. */
  readonly tell?: ((rounds: number) => void) | undefined;
}

const runsOfTurn = 3;

/**
 * Returns timings in the order of the subjects. A turn runs its subject once to warm the caches that others have
 * filled, then three times by the clock, and counts as the median of these; the order of turns rotates from round to
 * round.
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
