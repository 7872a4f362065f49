/**
 * Failures that a user can act on. Each carries an exit code and one or more located diagnostics; the command line
 * prints them without a stack trace. Any other error is a bug in the program and exits with 1.
 */

/** The exit codes of every command; a contract with scripts and schedulers. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  config: 3,
  data: 4,
  backend: 5,
  targetMissed: 6,
  stopped: 75,
} as const;

export type FailureKind = Exclude<keyof typeof exitCodes, 'done' | 'bug'>;

/** One mistake and its position; `line` and `column` count from 1. */
export interface Diagnostic {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The place inside the document, such as `stages[2].blocks[0].kernel`. */
  readonly path?: string;
  readonly message: string;
}

const longest = 2000; // characters: a key or a tag may be as long as its file

/** Formats a diagnostic as `file:line:column: path: message`, without the parts that are unknown. */
export function formatDiagnostic({ file, line, column, path, message }: Diagnostic): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const text = [place, path, message].filter((part) => part !== undefined && part !== '').join(': ');
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

const mostTold = 100; // mistakes of one kind in one file

/** The diagnostics of the first 100 mistakes; if there are more, one more diagnostic gives their number. */
export function firstOf<T>(mistakes: readonly T[], diagnostic: (mistake: T) => Diagnostic): Diagnostic[] {
  const told = mistakes.slice(0, mostTold).map(diagnostic);
  const more = mistakes.length - told.length;
  return more === 0 ? told : [...told, { ...told.at(-1), message: `and ${more} more mistakes` }];
}

/** A mistake or a condition outside the program; `remedy` says what to do about it. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly diagnostics: readonly Diagnostic[];
  readonly remedy: string | undefined;

  constructor(kind: FailureKind, problem: string | Diagnostic | readonly Diagnostic[], remedy?: string) {
    const diagnostics = typeof problem === 'string' ? [{ message: problem }] : [problem].flat();
    super(diagnostics.map(formatDiagnostic).join('\n'));
    this.kind = kind;
    this.diagnostics = diagnostics;
    this.remedy = remedy;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}
