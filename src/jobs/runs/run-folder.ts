/**
 * The folder of a run, `ROOT/ID/`: what it was asked to do (`config.yaml`, `space.yaml`, `environment.json`), how far
 * it is (`state.json`, `events.jsonl`, `policy.jsonl`, `checkpoints/`) and what came out (`architecture.yaml`,
 * `result.json`). Every file is there whole or not at all, and all is readable while the run goes on.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { makeFolders, namesIn, readBytes, writeAtomically, writeFailure } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { suggestion } from '#core/nearest';
import { type EventLog, openEventLog } from './event-log.js';
import { lockName } from './lock-file.js';
import type { LogLines } from './run-events.js';
import { beginExtension, extensionsOf, noted } from './run-extension.js';
import { type Asked, refuseOtherRun } from './run-identity.js';
import { lockRun, type RunLock } from './run-lock.js';
import { type RunResult, writeRunResult } from './run-result.js';
import { isRun, type RunState, type RunStatus, readState, writeState } from './run-state.js';

/** Whether to go on with a run that is there: if there is one, only if there is one, or not at all. */
export type ResumeMode = 'allow' | 'must' | 'never';

export interface OpenRunRequest extends Asked {
  readonly root: string;
  readonly id: string;
  readonly resume: ResumeMode;
  readonly stage: string;
  /** The resolved config as YAML. */
  readonly config: string;
  readonly environment: object;
  /** Told of what a user should know and nobody need act on. */
  readonly notice: (message: string) => void;
}

/** A run that this process holds the lock of, until `finish`. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  /** Steps that it has in all. */
  readonly steps: number;
  /** Whether it was there and done, with as many steps as it has now. */
  readonly wasDone: boolean;
  /** Opens a log to go on after `step` finished steps, the step of the checkpoint resumed from; without, empty. */
  openLog<N extends keyof LogLines>(name: N, step: number | undefined): EventLog<LogLines[N]>;
  /** Says how many steps are finished; fails where another process has taken the run over. */
  progress(step: number): void;
  /** Flushes the logs to the disk; fails where another process has taken the run over. */
  flush(): void;
  writeArchitecture(yaml: string): void;
  writeResult(result: RunResult): void;
  /** States how the run ended, closes the logs and lets go of the lock. Only the first call counts. */
  finish(status: Ended, reason?: string): void;
}

/**
 * Opens the run for this process alone: makes its folder, or resumes what is there. A changed config or space is a
 * config failure that lists every change; a folder that refuses to be written is a data failure. A lock that is there is a
 * usage failure, so `settleLock` comes first.
 */
export function openRun(request: OpenRunRequest): Run {
  const folder = runFolder(request.root, request.id);
  refuseByMode(request, folder);
  makeFolder(folder);
  const lock = lockRun(folder);
  try {
    return begun(request, folder, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function begun(request: OpenRunRequest, folder: string, lock: RunLock): Run {
  const { id, stage, steps } = request;
  const before = isRun(folder) ? readState(folder) : undefined;
  if (before === undefined) refuseForeignFiles(folder);
  else refuseOtherRun(folder, before.steps, request);
  removeLeftovers(folder);
  writeRequest(folder, request);
  const extensions = extensionsOf(before, steps);
  if (before !== undefined && before.steps !== steps) beginExtension(folder, before, request);
  let state: RunState = { id, stage, status: 'running', step: before?.step ?? 0, steps, ...noted(extensions) };
  const setState = (change: Partial<RunState>) => {
    lock.requireHeld();
    state = { ...state, ...change };
    writeState(folder, state);
  };
  setState({});
  return {
    id,
    folder,
    steps,
    wasDone: before?.status === 'done' && before.steps === steps,
    progress: (step) => setState({ step }),
    writeArchitecture: (yaml) => writeAtomically(join(folder, 'architecture.yaml'), yaml),
    writeResult: (result) => writeRunResult(folder, { ...result, ...noted(extensions) }),
    ...logsOf(folder, lock, request.notice, (status, reason) => setState({ status, reason })),
  };
}

type Ended = Exclude<RunStatus, 'running'>;

/** The part of a run that opens and closes: its logs and, with the last of them, its lock. */
function logsOf(
  folder: string,
  lock: RunLock,
  notice: (message: string) => void,
  end: (status: Ended, reason?: string) => void,
) {
  const logs: Pick<EventLog, 'flush' | 'close'>[] = [];
  let isOpen = true;
  const flush = () => {
    lock.requireHeld();
    for (const log of logs) log.flush();
  };
  return {
    flush,
    openLog: <N extends keyof LogLines>(name: N, step: number | undefined) => {
      const log = openEventLog<LogLines[N]>(join(folder, `${name}.jsonl`), step, notice);
      logs.push(log);
      return log;
    },
    finish: (status: Ended, reason?: string) => {
      if (!isOpen) return;
      isOpen = false;
      try {
        flush();
        end(status, reason);
      } catch (error) {
        if (status !== 'failed') throw error; // else what made the run fail is the one to report
      } finally {
        for (const log of logs) log.close();
        lock.release();
      }
    },
  };
}

/** Where a run lies; an id that is no plain name is a usage failure. */
export function runFolder(root: string, id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return join(root, id);
  const expected = 'expected up to 100 letters, digits, dots, underscores and hyphens, a letter or digit first';
  throw new Failure('usage', `--run-id: ${expected}; got ${JSON.stringify(id)}`);
}

/** The ids of the runs under a root, sorted. */
export function runIds(root: string): string[] {
  return namesIn(root)
    .filter((name) => isRun(join(root, name)))
    .sort();
}

function refuseByMode({ root, id, resume }: OpenRunRequest, folder: string): void {
  if (resume === 'never' && isRun(folder)) {
    const remedy = 'name another run with --run-id, or resume this one with --resume allow';
    throw new Failure('usage', `--resume never: expected a new run; got ${folder}, which is there`, remedy);
  }
  if (resume === 'must' && !isRun(folder)) {
    throw new Failure('usage', `--resume must: expected a run at ${folder}; got none${suggestion(id, runIds(root))}`);
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw writeFailure(folder, 'make the folder of the run', error);
  }
}

const requestFiles = ['config.yaml', 'space.yaml', 'environment.json', 'identity.json'];

/** A folder without a state is new, or was left by a process that was killed while it began the run. */
function refuseForeignFiles(folder: string): void {
  const isOurs = (name: string) => requestFiles.includes(name) || name === lockName || isLeftover(name);
  const foreign = namesIn(folder).filter((name) => !isOurs(name));
  if (foreign.length === 0) return;
  const message = `expected a run or a new folder; got one with ${foreign.slice(0, 3).join(', ')}`;
  throw new Failure('usage', { file: folder, message }, 'name another run with --run-id');
}

/** What processes that were killed left of a file that they wrote or a lock that they took over. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder).filter(isLeftover)) rmSync(join(folder, name), { force: true });
}

function isLeftover(name: string): boolean {
  return /\.(part|stale)-\d+$/.test(name);
}

function writeRequest(folder: string, { config, space, environment, identity }: OpenRunRequest): void {
  const contents = [config, space, jsonText(environment), jsonText(identity)];
  for (const [i, name] of requestFiles.entries()) {
    const file = join(folder, name);
    const content = contents[i] as string;
    if (!existsSync(file) || Buffer.from(readBytes(file)).toString() !== content) writeAtomically(file, content);
  }
}
