/** The reports of a long task to its observer; the command line turns them into a progress line or a log. */

export interface Progress {
  readonly stage: string;
  /** The run that reports, if it is a run. */
  readonly run?: string | undefined;
  /** The place of the stage in work of several phases. */
  readonly phase?: PhaseProgress | undefined;
  /** Finished steps. */
  readonly step: number;
  readonly steps: number;
  readonly loss?: number | undefined;
  readonly quality?: number | undefined;
  readonly reward?: number | undefined;
  readonly costs?: readonly CostProgress[];
  readonly imagesPerSecond?: number | undefined;
  /** Share of the time spent waiting for data, 0 to 1. */
  readonly dataWait?: number;
  readonly secondsLeft?: number;
}

/** The place of a phase among those to do, counted from 1. */
export interface PhaseProgress {
  readonly number: number;
  readonly of: number;
  /** Time until the last phase ends, estimated; undefined until a rate was measured. */
  readonly secondsLeft?: number | undefined;
}

/** A cost during a search, with its target. */
export interface CostProgress {
  readonly name: string;
  /** Mean over the sampled architectures, those of warm-ups included. */
  readonly value: number;
  /** Mean over the architectures that the policy would draw. */
  readonly expected: number;
  /** Cost of the policy's most likely architecture, the result if the search ended here. */
  readonly argmax: number;
  readonly target: number;
}

export interface Observer {
  progress(progress: Progress): void;
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The observer with the id of a run in each report that names no other one. */
export function ofRun(observer: Observer, run: string): Observer {
  return {
    progress: (progress) => observer.progress({ run, ...progress }),
    note: (message, fields) => observer.note(message, { run, ...fields }),
    warn: (message, fields) => observer.warn(message, { run, ...fields }),
  };
}
