import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { statusOf } from '#core/machine/processes';
import { type LockHolder, ownHolder, parsedHolder, standingOf } from '#jobs/runs/lock-holder';
import { deadPid } from './lock-fixture.js';

const own = ownHolder();
const standing = (changes: Partial<LockHolder>, isOurs = false) =>
  standingOf(JSON.stringify({ ...own, ...changes }), isOurs);

/** A process that lives until the test ends. */
function living(command = process.execPath, args = ['-e', 'setTimeout(() => {}, 30000)']) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('the holder of a lock', () => {
  it('is alive or gone according to the process table, under any host name', () => {
    const { pid = 0 } = living();
    const born = statusOf(pid)?.born ?? null;
    expect(standing({ pid, born })).toBe('alive');
    expect(standing({ pid, born, host: 'renamed' })).toBe(own.table === null ? 'unknown' : 'alive');
    expect(standing({ pid: deadPid() })).toBe('gone');
  });

  it('is alive if it is this process, and gone if an earlier process had this id', () => {
    expect([standing({}, true), standing({}, false)]).toEqual(['alive', 'gone']);
  });

  it.runIf(own.table !== null)('is gone if its id belongs to a younger process', () => {
    expect(standing({ pid: process.ppid, born: '1' })).toBe('gone');
  });

  it.runIf(own.table !== null)('is unknown if it is in the table of another container or boot', () => {
    const { pid = 0 } = living();
    const [boot, namespace] = (own.table as string).split(' ') as [string, string];
    for (const table of [`${boot} pid:[1]`, `other-boot ${namespace}`]) {
      expect([pid, deadPid(), own.pid].map((id) => standing({ pid: id, table, born: '1' }))).toEqual(
        Array(3).fill('unknown'),
      );
    }
  });

  it.runIf(own.table !== null)('is alive by the lock of an older version only if its process is visible here', () => {
    const { pid = 0 } = living();
    const born = statusOf(pid)?.born as string;
    const old = (changes: Partial<LockHolder>) => standing({ table: null, ...changes });
    expect(old({ pid, born })).toBe('alive');
    expect([old({ pid, born: '1' }), old({ pid, born: null }), old({ pid: deadPid(), born })]).toEqual(
      Array(3).fill('unknown'),
    );
    expect(old({ pid, born, host: 'elsewhere' })).toBe('unknown');
  });

  it.runIf(own.table !== null)('is gone if it has ended but its parent has not reaped it', async () => {
    const parent = living('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 30']);
    const pid = await new Promise<number>((heard) => parent.stdout?.once('data', (text) => heard(Number(text))));
    const born = statusOf(pid)?.born as string;
    while (statusOf(pid)?.isZombie === false) await new Promise((passed) => setTimeout(passed, 20));
    expect(statusOf(pid)?.isZombie).toBe(true);
    expect(standing({ pid, born })).toBe('gone');
  });
});

describe('a lock', () => {
  it('of an older version is parsed', () => {
    const text = JSON.stringify({ host: hostname(), pid: 7 });
    expect(parsedHolder(text)).toEqual({ host: hostname(), pid: 7, born: null, table: null });
  });

  it.each(['', '{"ho', '{"host":"h","pid":0}', '{"host":"h","pid":-1}', '{"host":"h","pid":4294967296}', 'null', '[]'])(
    'that names no process, %s, leaves its holder unknown',
    (text) => {
      expect([parsedHolder(text), standingOf(text, false)]).toEqual([undefined, 'unknown']);
    },
  );
});
