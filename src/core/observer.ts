/** What a long task tells whoever watches it; the command line turns it into a progress line or a log. */

export interface Progress {
  readonly stage: string;
  /** Finished steps. */
  readonly step: number;
  readonly steps: number;
  readonly loss?: number;
  readonly quality?: number;
  readonly reward?: number;
  readonly costs?: readonly { readonly name: string; readonly value: number; readonly target: number }[];
  readonly imagesPerSecond?: number;
  /** The share of time spent waiting for data, 0 to 1. */
  readonly dataWait?: number;
  readonly secondsLeft?: number;
}

export interface Observer {
  progress(progress: Progress): void;
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
