import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireDisk, runBytes } from '#jobs/disk-space';
import { failureOf, temporaryFolder } from './runs/run-fixture.js';

const mb = 1e6;

describe('the disk space of a run', () => {
  it('is that of four checkpoints less the existing ones, but at least one, and 4 MiB', () => {
    expect([0, 3, 5].map((existing) => runBytes(10 * mb, existing) - 4 * 2 ** 20)).toEqual([40 * mb, 10 * mb, 10 * mb]);
  });

  const told = (free: number, existing = 0) => {
    const run = { id: 'a', folder: temporaryFolder() };
    for (let step = 1; step <= existing; step++) {
      mkdirSync(join(run.folder, 'checkpoints', `step-00000${step}`), { recursive: true });
    }
    const lines: string[] = [];
    const observer = { note: (line: string) => lines.push(`note ${line}`), warn: (line: string) => lines.push(line) };
    const check = () => requireDisk(run, 100 * mb, observer, free);
    return { check, lines };
  };

  it('is noted if it is there, warned of if less than half would remain, and refused if it is missing', () => {
    const ample = told(1000 * mb);
    ample.check();
    expect(ample.lines).toEqual(['note a: needs up to 405 MB of disk space; 1,000 MB are free']);
    const close = told(500 * mb);
    close.check();
    expect(close.lines).toEqual(['a: needs up to 405 MB of disk space; 500 MB are free']);
    const failure = failureOf(told(400 * mb).check);
    expect([failure.exitCode, failure.message]).toEqual([
      4,
      expect.stringMatching(/: a: needs up to 405 MB of disk space; 400 MB are free$/),
    ]);
    expect(failure.remedy).toContain('runs prune');
    told(400 * mb, 3).check(); // resumed, with three checkpoints on the disk
  });
});
