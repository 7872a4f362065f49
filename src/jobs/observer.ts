/** What a long task tells whoever watches it; the command line turns it into a progress line or a log. */

export interface Progress {
  readonly stage: string;
  /** Finished steps. */
  readonly step: number;
  readonly steps: number;
  readonly loss?: number;
  readonly quality?: number;
  readonly reward?: number;
  readonly costs?: readonly CostProgress[];
  readonly imagesPerSecond?: number;
  /** The share of time spent waiting for data, 0 to 1. */
  readonly dataWait?: number;
  readonly secondsLeft?: number;
}

/** A cost while a search goes on, beside the target it is held to. */
export interface CostProgress {
  readonly name: string;
  /** The mean over the architectures sampled, those of warm-ups among them. */
  readonly value: number;
  /** The mean over those that the policy would draw. */
  readonly expected: number;
  /** Of the policy's most likely architecture, the result if the search ended here. */
  readonly argmax: number;
  readonly target: number;
}

export interface Observer {
  progress(progress: Progress): void;
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
