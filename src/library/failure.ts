/** Failures that the caller of the library can act on. */
import { Failure as CoreFailure } from '#core/failure';

/** A mistake in the input or a condition outside the program; any other error is a bug of mnv4-nas. */
export interface Failure extends Error {
  readonly name: 'Failure';
  /** The kind: bad arguments, a bad config, bad data, a missing backend, a stop on request, a missed target. */
  readonly kind: 'usage' | 'config' | 'data' | 'backend' | 'stopped' | 'targetMissed';
  /** Every mistake found, with its file, line and column where they are known. */
  readonly diagnostics: readonly Diagnostic[];
  /** Advice on what to do, if there is any. */
  readonly remedy: string | undefined;
}

/** One mistake and its position; `line` and `column` count from 1. */
export interface Diagnostic {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The place inside the document, such as `stages[2].blocks[0].kernel`. */
  readonly path?: string;
  readonly message: string;
}

/** True for errors that say what the caller can do about them. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof CoreFailure;
}
