/** Lock files of other processes, and real processes that take locks. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type LockTimes, lockTimes } from '#jobs/runs/lock-file';

/** Short enough for tests, long enough for a busy machine. */
export const shortTimes: LockTimes = { beatMs: 50, staleMs: 1500, unfinishedMs: 300 };

export const longTimes = lockTimes;

/** Writes the lock of another process, last touched `ageMs` ago; returns its file. */
export function writeLock(folder: string, holder: object | string, ageMs = 0): string {
  const file = join(folder, 'run.lock');
  writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const beat = new Date(Date.now() - ageMs);
  utimesSync(file, beat, beat);
  return file;
}

/** The id of a process that has ended. */
export function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

export interface LockProcess {
  readonly child: ChildProcess;
  /** Resolves once the process has printed `text`, with all of its output so far. */
  says(text: string): Promise<string>;
}

/** Starts a process that takes the lock of a run and keeps it; killed with its children when the test ends. */
export function startLocking(
  folder: string,
  under: readonly string[] = [],
  times: LockTimes = shortTimes,
): LockProcess {
  const script = resolve('test/jobs/runs/lock-process.mjs');
  const [command = '', ...args] = [...under, process.execPath, script, folder, JSON.stringify(times)];
  const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => endGroup(child));
  let said = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    for (const listener of listeners) listener();
  });
  const says = (text: string) =>
    new Promise<string>((heard) => {
      const listener = () => said.includes(text) && heard(said);
      listeners.add(listener);
      listener();
    });
  return { child, says };
}

/** Kills a detached process and its group. */
export function endGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
}

/** Prefix that runs a command in a new PID namespace, like a container with the name of its host. */
export const contained = ['unshare', '--pid', '--fork', '--mount-proc'];
/** True if the system permits `contained`. */
export const canContain = spawnSync(contained[0] as string, [...contained.slice(1), 'true']).status === 0;
