import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sha256 } from '#core/files/files';
import { ownHolder } from '#jobs/runs/lock-holder';
import { settleLock } from '#jobs/runs/settle-lock';
import { hastened } from '#test/core/fake-time';
import {
  canContain,
  contained,
  deadPid,
  endGroup,
  type LockProcess,
  longTimes,
  shortTimes,
  startLocking,
  writeLock,
} from './lock-fixture.js';
import { temporaryFolder } from './run-fixture.js';

vi.mock('node:timers/promises', async () => (await import('#test/core/fake-time')).timersPromises);

const hour = 3_600_000;
const elsewhere = { host: 'elsewhere', pid: process.pid, born: '1', table: 'another boot' };

interface Meanwhile {
  /** Called while the lock is watched. */
  readonly shouldStop?: () => boolean;
  /** Starts the timers that change the lock. */
  readonly start?: () => void;
}

/** Settles a lock under fake time; returns the notices and the outcome. */
async function settled(folder: string, { shouldStop = () => false, start }: Meanwhile = {}): Promise<string[]> {
  const notices: string[] = [];
  const notice = (message: string) => notices.push(message.replace(`${folder}: `, ''));
  const settling = () => {
    start?.();
    return settleLock(folder, { notice, shouldStop });
  };
  const end = await hastened(settling).then(
    () => (existsSync(join(folder, 'run.lock')) ? 'locked' : 'free'),
    (error) => `${error.kind}: ${error.message.replace(`${folder}: `, '')}`,
  );
  return [...notices, end];
}

const waits = 'held by another host or container: waiting up to 60 s for a heartbeat of';
const refused = 'usage: another process works on this run:';

describe('a lock', () => {
  it('that does not exist is settled', async () => {
    expect(await settled(temporaryFolder())).toEqual(['free']);
  });

  it('of a process that is gone is removed at once, with a notice', async () => {
    const folder = temporaryFolder();
    const pid = deadPid();
    writeLock(folder, { ...ownHolder(), pid });
    const notice = `took over the lock of process ${pid} on ${hostname()}, which is gone`;
    expect(await settled(folder)).toEqual([notice, 'free']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a living process stays, however old its heartbeat', async () => {
    const folder = temporaryFolder();
    const holder = startLocking(folder, [], { ...shortTimes, beatMs: hour });
    await holder.says('locked');
    utimesSync(join(folder, 'run.lock'), 0, 0);
    expect(await settled(folder)).toEqual([`${refused} process ${holder.child.pid} on ${hostname()}`]);
  });

  it.each([-hour, 0, hour])(
    'of another host that does not beat is taken over, even if its clock is off by %d ms',
    async (offMs) => {
      const folder = temporaryFolder();
      writeLock(folder, elsewhere, offMs);
      const holder = `process ${process.pid} on elsewhere`;
      const took = `took over the lock of ${holder}, which is gone`;
      expect(await settled(folder)).toEqual([`${waits} ${holder}, which cannot be seen from here`, took, 'free']);
    },
  );

  it.each([-hour, hour])('of another host that beats stays, even if its clock is off by %d ms', async (offMs) => {
    const folder = temporaryFolder();
    const file = writeLock(folder, elsewhere, offMs);
    let beats = 0;
    const beat = () => utimesSync(file, ++beats, (Date.now() - offMs) / 1000);
    const holder = `process ${process.pid} on elsewhere`;
    expect(await settled(folder, { start: () => setInterval(beat, longTimes.beatMs) })).toEqual([
      `${waits} ${holder}, which cannot be seen from here`,
      `${refused} ${holder}`,
    ]);
  });

  it('that is removed while it is watched is settled', async () => {
    const folder = temporaryFolder();
    const file = writeLock(folder, elsewhere);
    const start = () => setTimeout(() => rmSync(file), longTimes.staleMs / 2);
    expect(await settled(folder, { start })).toEqual([expect.stringContaining(waits), 'free']);
  });

  it.each(['', '{"ho', 'null'])('with the content %j is soon taken over', async (text) => {
    const folder = temporaryFolder();
    writeLock(folder, text);
    expect(await settled(folder)).toEqual(['took over the lock of an unknown process, which is gone', 'free']);
  });

  it('is no longer waited for after a request to stop', async () => {
    const folder = temporaryFolder();
    writeLock(folder, elsewhere);
    const [, end] = await settled(folder, { shouldStop: () => true });
    expect(end).toBe('stopped: stopped on request while it waited for the run');
    expect(readdirSync(folder)).toEqual(['run.lock']);
  });

  it('that a process claimed before it was killed is taken over', async () => {
    const folder = temporaryFolder();
    const text = JSON.stringify({ ...ownHolder(), pid: deadPid() });
    writeLock(folder, text);
    writeFileSync(join(folder, `run.lock.stale-${Number.parseInt(sha256(text).slice(0, 12), 16)}`), '');
    expect((await settled(folder)).at(-1)).toBe('free');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that is stale is taken over by one of several waiting processes', async () => {
    const folder = temporaryFolder();
    writeLock(folder, elsewhere);
    const waiting = Array.from({ length: 4 }, () => startLocking(folder));
    const ends = await Promise.all(waiting.map(endOf));
    expect(ends.sort()).toEqual(['failed: usage', 'failed: usage', 'failed: usage', 'locked']);
  });
});

/** The last line that a locking process prints: `locked` or its failure. */
async function endOf({ says }: LockProcess): Promise<string> {
  const said = await Promise.race([says('locked\n'), says('failed: ')]);
  return said.trimEnd().split('\n').at(-1) as string;
}

describe.skipIf(!canContain)('a run in a container that has the name of its host', () => {
  const places: [holder: readonly string[], other: readonly string[]][] = [
    [contained, []],
    [[], contained],
    [contained, contained],
  ];

  it('is protected from processes outside, inside and in another container, and taken over once killed', async () => {
    const ends = places.map(async ([first, second]) => {
      const folder = temporaryFolder();
      const holder = startLocking(folder, first);
      await holder.says('locked');
      const whileHeld = await endOf(startLocking(folder, second));
      endGroup(holder.child);
      return [whileHeld, await endOf(startLocking(folder, second))];
    });
    expect(await Promise.all(ends)).toEqual(places.map(() => ['failed: usage', 'locked']));
  });
});
