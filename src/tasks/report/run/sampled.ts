/** The architectures that a search sampled, step by step. */
import type { ReportedRun } from './reported-run.js';
import { evenly } from './thinning.js';

export interface SampledPoint {
  readonly run: string;
  readonly step: number;
  readonly decisions: readonly number[];
  /** Quality on the step's validation batch, with the weights of that step. */
  readonly quality: number;
  /** True where the warm-up had all options of an op on. */
  readonly mixed: boolean;
  /** Each cost by name. */
  readonly costs: Readonly<Record<string, number>>;
}

export interface Sampled {
  /** Number of architectures that the run sampled. */
  readonly all: number;
  readonly shown: readonly SampledPoint[];
}

/** Returns at most `most` of a run's samples, at equal distances in the order in which they were drawn. */
export function sampledPoints({ id, samples }: ReportedRun, most: number): Sampled {
  const places = samples.flatMap(({ decisions }, line) => decisions.map((_, k) => ({ line, k })));
  const shown = evenly(places, most).map(({ line, k }) => {
    const { step, decisions, qualities, mixed, costs } = samples[line] as ReportedRun['samples'][number];
    return {
      run: id,
      step,
      decisions: decisions[k] ?? [],
      quality: qualities[k] ?? Number.NaN,
      mixed: mixed[k] ?? false,
      costs: Object.fromEntries(Object.entries(costs).map(([name, values]) => [name, values[k] ?? Number.NaN])),
    };
  });
  return { all: places.length, shown };
}
