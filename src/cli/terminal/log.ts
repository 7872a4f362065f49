/**
 * Progress and messages of long commands: a block of lines on a terminal, JSON log lines (pino) elsewhere. Each log line
 * names the scheduler's job and the rank of the process and, within a run, the run.
 */
import { pino } from 'pino';
import { processRank, schedulerJob } from '#core/machine/scheduler';
import { progressRecord } from './progress.js';
import type { Reporter, ReporterOptions } from './reporter.js';
import { shareStreams } from './shared-streams.js';
import { terminalReporter } from './terminal-reporter.js';

/** True if lines may be redrawn: on a terminal that is capable of it, outside CI. */
export function isInteractive(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env.CI && env.TERM !== 'dumb';
}

export function createReporter(options: ReporterOptions): Reporter {
  return options.isTerminal ? terminalReporter(options) : logReporter(options);
}

let ofTerminal: Reporter | undefined;

/**
 * Returns a command's reporter on standard error: a block of lines where `isInteractive`, else log lines. A terminal has
 * one for all callers, so that none writes into the lines of another.
 */
export function standardReporter(): Reporter {
  const { stderr: stream, env } = process;
  const options = { env, clock: Date.now };
  if (!isInteractive(stream, env)) return createReporter({ ...options, stream, isTerminal: false });
  ofTerminal ??= createReporter({ ...options, stream: screenOf(stream), isTerminal: true, share: shareStreams });
  return ofTerminal;
}

/**
 * Returns the stream with the `write` that it has now, since `shareStreams` replaces it. Node reads the size of the window
 * when it hears of a resize, after the step that it computes; `_refreshSize`, which it calls then, reads it before.
 */
function screenOf(stream: NodeJS.WriteStream & { _refreshSize?(): void }): ReporterOptions['stream'] {
  return {
    refresh: () => stream._refreshSize?.(),
    write: stream.write.bind(stream),
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
    on: (event, listener) => stream.on(event, listener),
    off: (event, listener) => stream.off(event, listener),
  };
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
