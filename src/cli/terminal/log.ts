/**
 * Progress and messages of long commands: a progress line on a terminal, JSON log lines (pino) elsewhere. Each log line
 * names the scheduler's job and the rank of the process and, within a run, the run.
 */
import { pino } from 'pino';
import { processRank, schedulerJob } from '#core/machine/scheduler';
import type { Progress } from '#jobs/observer';
import { progressLine, progressRecord, styled } from './progress.js';

export interface Reporter {
  /** Reports how far the work is; on a terminal it redraws the progress line. */
  progress(fields: Progress): void;
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Leaves the last progress line on the terminal; nothing is reported afterwards. */
  close(): void;
}

export interface ReporterOptions {
  /** The output stream: standard error, whose writes are synchronous. */
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

const redrawMs = 100; // a line that changes more often cannot be read
const defaultColumns = 80;
const clearLine = '\r\u001b[2K';

/** True if a progress line may be redrawn: on a terminal that is capable of it, outside CI. */
export function isInteractive(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.CI && env.TERM !== 'dumb';
}

export function createReporter(options: ReporterOptions): Reporter {
  return options.isTerminal ? terminalReporter(options) : logReporter(options);
}

/** Creates a command's reporter on standard error: a progress line where `isInteractive`, else log lines. */
export function standardReporter(): Reporter {
  const { stderr: stream, env } = process;
  return createReporter({ stream, isTerminal: isInteractive(stream, env), env, clock: Date.now });
}

function logReporter({ stream, env, clock }: ReporterOptions): Reporter {
  const base = { job: schedulerJob(env), rank: processRank(env) };
  const logger = pino(
    { base, timestamp: () => `,"time":${clock()}`, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void stream.write(line) },
  );
  return {
    progress: (fields) => logger.info(progressRecord(fields), 'progress'),
    note: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    close: () => {},
  };
}

function terminalReporter({ stream, env, clock }: ReporterOptions): Reporter {
  const colours = !env.NO_COLOR;
  let line: string | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const print = (text: string, { run: _, ...fields }: Readonly<Record<string, unknown>> = {}) => {
    const details = Object.entries(fields).map(([key, value]) => `${key} ${detail(value)}`);
    stream.write(`${line === undefined ? '' : clearLine}${[text, ...details].join('  ')}\n${line ?? ''}`);
  };
  return {
    progress: (fields) => {
      const isLast = fields.step >= fields.steps;
      if (!isLast && clock() - drawnAt < redrawMs) return;
      drawnAt = clock();
      line = progressLine(fields, (stream.columns || defaultColumns) - 1, colours);
      stream.write(`${clearLine}${line}`);
    },
    note: print,
    warn: (message, fields) => print(`${styled('warning:', 'yellow', colours)} ${message}`, fields),
    close: () => {
      if (line !== undefined) stream.write('\n');
      line = undefined;
    },
  };
}

function detail(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
