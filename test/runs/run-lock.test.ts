import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { lockHolder, lockRun } from '../../src/runs/run-lock.js';
import { failureOf, temporaryFolder } from './run-fixture.js';

const quiet = () => {};
const minute = 60_000;

function writeLock(folder: string, holder: object | string, ageMs = 0): string {
  const file = join(folder, 'run.lock');
  writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const beat = new Date(Date.now() - ageMs);
  utimesSync(file, beat, beat);
  return file;
}

/** The id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('the lock of a run', () => {
  afterEach(() => void vi.useRealTimers());

  it('names its holder, and goes when released', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder, quiet);
    expect(lockHolder(folder)).toMatchObject({ host: hostname(), pid: process.pid });
    lock.release();
    lock.release();
    expect(lockHolder(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps a second one out, in this process too', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder, quiet);
    const failure = failureOf(() => lockRun(folder, quiet));
    const message = `${folder}: expected a run that nobody works on; got one held by process ${process.pid} on ${hostname()}`;
    expect([failure.kind, failure.message]).toEqual(['usage', message]);
    lock.release();
    lockRun(folder, quiet).release();
  });

  it('keeps another living process out, however old its heartbeat', async () => {
    const folder = temporaryFolder();
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)']);
    try {
      writeLock(folder, { host: hostname(), pid: other.pid, born: null }, 10 * minute);
      expect(failureOf(() => lockRun(folder, quiet)).message).toContain(`held by process ${other.pid}`);
    } finally {
      other.kill('SIGKILL');
    }
  });

  it('is taken over from a process that is gone, with a notice', () => {
    const folder = temporaryFolder();
    const pid = deadPid();
    writeLock(folder, { host: hostname(), pid, born: null });
    const notices: string[] = [];
    lockRun(folder, (message) => notices.push(message)).release();
    expect(notices).toEqual([`${folder}: took over the lock of process ${pid} on ${hostname()}, which is gone`]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over from a former process with our id, as in a container that was started again', () => {
    const folder = temporaryFolder();
    writeLock(folder, { host: hostname(), pid: process.pid, born: '1' });
    lockRun(folder, quiet).release();
  });

  it.runIf(process.platform === 'linux')('is taken over where the id belongs to a younger process', () => {
    const folder = temporaryFolder();
    writeLock(folder, { host: hostname(), pid: process.ppid, born: 'long ago' });
    lockRun(folder, quiet).release();
  });

  it('of another host is taken over when its heartbeat is over a minute old, not before', () => {
    const folder = temporaryFolder();
    const elsewhere = { host: 'elsewhere', pid: 1, born: null };
    writeLock(folder, elsewhere, minute - 5000);
    expect(failureOf(() => lockRun(folder, quiet)).message).toContain('held by process 1 on elsewhere');
    writeLock(folder, elsewhere, minute + 5000);
    lockRun(folder, quiet).release();
  });

  it('that its holder did not finish writing is soon given up', () => {
    const folder = temporaryFolder();
    writeLock(folder, '{"ho');
    expect(failureOf(() => lockRun(folder, quiet)).message).toContain('held by an unknown process');
    writeLock(folder, '', 3000);
    lockRun(folder, quiet).release();
  });

  it.each(['{"host":"h","pid":0}', '{"host":"h","pid":-1}', '{"host":"h","pid":4294967296}', 'null', '[]'])(
    'that names no process, %s, is soon given up',
    (text) => {
      const folder = temporaryFolder();
      writeLock(folder, text.replace('"h"', JSON.stringify(hostname())), 3000);
      lockRun(folder, quiet).release();
    },
  );

  it('beats', () => {
    vi.useFakeTimers();
    const folder = temporaryFolder();
    const lock = lockRun(folder, quiet);
    const old = new Date(0);
    utimesSync(join(folder, 'run.lock'), old, old);
    vi.advanceTimersByTime(15_000);
    expect(statSync(join(folder, 'run.lock')).mtimeMs).toBeGreaterThan(0);
    lock.release();
  });

  it('that another took over is neither held nor removed any more', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder, quiet);
    lock.requireHeld();
    const file = writeLock(folder, { host: 'elsewhere', pid: 5, born: null });
    expect(failureOf(() => lock.requireHeld()).message).toContain('held by process 5 on elsewhere');
    lock.release();
    expect(readFileSync(file, 'utf8')).toContain('elsewhere');
  });

  it('goes when the process exits', () => {
    const folder = temporaryFolder();
    const before = process.listeners('exit');
    lockRun(folder, quiet);
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    for (const listener of added) listener(1);
    expect([added.length, readdirSync(folder), process.listeners('exit')]).toEqual([1, [], before]);
  });
});
