/**
 * The folder of a run, `ROOT/ID/`: its request (`config.yaml`, `space.yaml`, `environment.json`), its progress
 * (`state.json`, `events.jsonl`, `policy.jsonl`, `samples.jsonl`, `events.out.tfevents.*` for TensorBoard,
 * `checkpoints/`) and its result (`architecture.yaml`, `result.json`). Every file is complete or absent, and all can be
 * read while the run is in progress.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { makeFolders, namesIn, readBytes, writeAtomically, writeFailure } from '#core/files/files';
import { jsonText } from '#core/files/json';
import { schedulerJob } from '#core/machine/scheduler';
import { suggestion } from '#core/nearest';
import { type EventLog, openEventLog } from './event-log.js';
import { lockName } from './lock-file.js';
import type { LogLines } from './run-events.js';
import { beginExtension, extensionsOf, noted } from './run-extension.js';
import { type Asked, refuseOtherRun } from './run-identity.js';
import { lockRun, type RunLock } from './run-lock.js';
import { type RunResult, writeRunResult } from './run-result.js';
import { isRun, type RunState, type RunStatus, readState, writeState } from './run-state.js';
import { openTensorBoardLog, type TensorBoardLog } from './tensorboard/event-files.js';

/** Policy for an existing run: resume it if it exists, require that it exists, or refuse it. */
export type ResumeMode = 'allow' | 'must' | 'never';

export interface OpenRunRequest extends Asked {
  readonly root: string;
  readonly id: string;
  readonly resume: ResumeMode;
  readonly stage: string;
  /** The resolved config as YAML. */
  readonly config: string;
  readonly environment: object;
  /** Receives messages for the user that require no action. */
  readonly notice: (message: string) => void;
}

/** A run whose lock this process holds until `finish`. */
export interface Run {
  readonly id: string;
  readonly folder: string;
  /** Total number of steps. */
  readonly steps: number;
  /** True if the run already existed and was done, with the same number of steps. */
  readonly wasDone: boolean;
  /** Opens a log to append to after `step`, that of the checkpoint resumed from; without `step`, it begins empty. */
  openLog<N extends keyof LogLines>(name: N, step: number | undefined): EventLog<LogLines[N]>;
  /** Begins the event file that TensorBoard shows, and cuts earlier ones off after `step`. */
  openTensorBoardLog(step: number): TensorBoardLog;
  /** Records the number of finished steps; fails if another process has taken over the run. */
  progress(step: number): void;
  /** Flushes the logs to the disk; fails if another process has taken over the run. */
  flush(): void;
  writeArchitecture(yaml: string): void;
  writeResult(result: RunResult): void;
  /** Records how the run ended, closes the logs and releases the lock. Later calls do nothing. */
  finish(status: Ended, reason?: string): void;
}

/**
 * Opens the run for this process alone: makes its folder, or resumes an existing run. Throws a config failure that
 * lists every change if the config or the space changed, a data failure if the folder cannot be written, and a usage
 * failure if the run is locked; call `settleLock` first.
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
  const job = schedulerJob(process.env);
  let state: RunState = { id, stage, status: 'running', step: before?.step ?? 0, steps, job, ...noted(extensions) };
  const setState = (change: Partial<RunState>) => {
    lock.requireHeld();
    state = { ...state, ...change };
    writeState(folder, state);
  };
  setState({});
  const wasDone = before?.status === 'done' && before.steps === steps;
  const { showResult, ...logs } = logsOf(folder, lock, request, (status, reason) =>
    setState({ status, reason, ...(status === 'done' ? figures : {}) }),
  );
  let figures: Pick<RunState, 'quality' | 'reward'> = wasDone ? { quality: before.quality, reward: before.reward } : {};
  return {
    id,
    folder,
    steps,
    wasDone,
    progress: (step) => setState({ step }),
    writeArchitecture: (yaml) => writeAtomically(join(folder, 'architecture.yaml'), yaml),
    writeResult: (result) => {
      const written = { ...result, ...noted(extensions) };
      writeRunResult(folder, written);
      showResult(jsonText(written));
      figures = { quality: result.quality, reward: result.reward };
    },
    ...logs,
  };
}

type Ended = Exclude<RunStatus, 'running'>;

/** The part of a run that opens and closes its logs and releases its lock. */
function logsOf(
  folder: string,
  lock: RunLock,
  { config, steps, notice }: OpenRunRequest,
  end: (status: Ended, reason?: string) => void,
) {
  const logs: Pick<EventLog, 'flush' | 'close'>[] = [];
  let board: TensorBoardLog | undefined;
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
    openTensorBoardLog: (step: number) => {
      board = openTensorBoardLog(folder, step, config, notice);
      logs.push(board);
      return board;
    },
    showResult: (text: string) => board?.appendResult(steps, text),
    finish: (status: Ended, reason?: string) => {
      if (!isOpen) return;
      isOpen = false;
      try {
        flush();
        end(status, reason);
      } catch (error) {
        if (status !== 'failed') throw error; // otherwise the failure of the run is the one to report
      } finally {
        for (const log of logs) log.close();
        lock.release();
      }
    },
  };
}

/** The path of a run's folder; an id that is no plain name is a usage failure. */
export function runFolder(root: string, id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id)) return join(root, id);
  const expected = 'expected up to 100 letters, digits, dots, underscores and hyphens, a letter or digit first';
  throw new Failure('usage', `--run-id: ${expected}; got ${JSON.stringify(id)}`);
}

/** Sorted ids of the runs under a root. */
export function runIds(root: string): string[] {
  return namesIn(root)
    .filter((name) => isRun(join(root, name)))
    .sort();
}

function refuseByMode({ root, id, resume }: OpenRunRequest, folder: string): void {
  if (resume === 'never' && isRun(folder)) {
    const remedy = 'name another run with --run-id, or resume this one with --resume allow';
    throw new Failure('usage', `--resume never: expected a new run; got ${folder}, which already exists`, remedy);
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

/** Refuses a folder without a state unless it is new or left by a process killed while it began the run. */
function refuseForeignFiles(folder: string): void {
  const isOurs = (name: string) =>
    requestFiles.includes(name) || name === lockName || isLeftover(name) || name.startsWith('.nfs'); // a removed file that another host reads
  const foreign = namesIn(folder).filter((name) => !isOurs(name));
  if (foreign.length === 0) return;
  const message = `expected a run or a new folder; got one with ${foreign.slice(0, 3).join(', ')}`;
  throw new Failure('usage', { file: folder, message }, 'name another run with --run-id');
}

/** Removes the partial files and stale locks that killed processes left. */
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
