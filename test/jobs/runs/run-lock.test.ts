import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockHolder, lockRun } from '#jobs/runs/run-lock';
import { deadPid, shortTimes, writeLock } from './lock-fixture.js';
import { failureOf, temporaryFolder } from './run-fixture.js';

const minute = 60_000;

/** Waits until a second lock, taken now, has beaten that many times; a lock taken earlier must have beaten as often. */
async function hasBeaten(times: number): Promise<void> {
  const folder = temporaryFolder();
  const lock = lockRun(folder, shortTimes);
  const file = join(folder, 'run.lock');
  for (let beat = 1; beat <= times; beat++) {
    utimesSync(file, 0, 0);
    await expect.poll(() => statSync(file).mtimeMs, { timeout: 10_000, interval: 10 }).toBeGreaterThan(0);
  }
  lock.release();
}

describe('the lock of a run', () => {
  it('names its holder, and is removed when released', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    expect(lockHolder(folder)).toMatchObject({ host: hostname(), pid: process.pid });
    lock.release();
    lock.release();
    expect(lockHolder(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('excludes a second lock, also from this process', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder);
    const failure = failureOf(() => lockRun(folder));
    const message = `${folder}: another process works on this run: process ${process.pid} on ${hostname()}`;
    expect([failure.kind, failure.message]).toEqual(['usage', message]);
    lock.release();
    lockRun(folder).release();
  });

  it('beats while its process is blocked by a computation', () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder, shortTimes);
    const file = join(folder, 'run.lock');
    utimesSync(file, 0, 0);
    const blocked = new Int32Array(new SharedArrayBuffer(4));
    for (let looks = 0; looks < 200 && statSync(file).mtimeMs === 0; looks++) Atomics.wait(blocked, 0, 0, 50);
    expect(statSync(file).mtimeMs).toBeGreaterThan(0);
    lock.release();
  });

  it('is no longer held, touched or removed once another process has taken it over', async () => {
    const folder = temporaryFolder();
    const lock = lockRun(folder, shortTimes);
    lock.requireHeld();
    const file = writeLock(folder, { host: 'elsewhere', pid: 5, born: null }, minute);
    const { mtimeMs } = statSync(file);
    expect(failureOf(() => lock.requireHeld()).message).toContain('this run: process 5 on elsewhere');
    await hasBeaten(5);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    lock.release();
    expect(readFileSync(file, 'utf8')).toContain('elsewhere');
  });

  it('is removed when the process exits', () => {
    const folder = temporaryFolder();
    const before = process.listeners('exit');
    lockRun(folder);
    const added = process.listeners('exit').filter((listener) => !before.includes(listener));
    for (const listener of added) listener(1);
    expect([added.length, readdirSync(folder), process.listeners('exit')]).toEqual([1, [], before]);
  });
});

describe('the holder of a run, at a single look', () => {
  it.each([
    ['none if the process is gone', { host: hostname(), pid: deadPid(), born: '1' }, 2 * minute, undefined],
    ['the process of another host while its heartbeat is fresh', { host: 'far', pid: 7 }, minute / 2, 7],
    ['none once the heartbeat is a minute old', { host: 'far', pid: 7 }, 2 * minute, undefined],
    ['unknown while the lock is being written', '{"ho', 0, 0],
    ['none if the lock stays incomplete', '{"ho', minute / 2, undefined],
  ])('is %s', (_, holder, ageMs, pid) => {
    const folder = temporaryFolder();
    writeLock(folder, holder, ageMs);
    expect(lockHolder(folder)?.pid).toBe(pid);
  });
});
