/** The port through which commands report progress and messages, and the settings that its makers need. */
import type { Progress } from '#jobs/observer';
import type { Screen } from './live-block.js';
import type { Release } from './shared-streams.js';

export interface Reporter {
  /** Reports how far the work is; on a terminal it redraws the block of lines. */
  progress(fields: Progress): void;
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Ends the progress; on a terminal one line about it stays. A later report begins another. */
  close(): void;
}

export interface ReporterOptions {
  /** The output stream: standard error, whose writes are synchronous. */
  readonly stream: Screen & {
    on?(event: 'resize', listener: () => void): unknown;
    off?(event: 'resize', listener: () => void): unknown;
  };
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Hands what others write to the terminal to `print` while a block of lines is shown. */
  readonly share?: (print: (text: string) => void) => Release;
}
