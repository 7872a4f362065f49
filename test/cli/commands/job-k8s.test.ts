import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inProcess } from '#test/cli/in-process';
import { newFolder } from '#test/data/fixtures';

const config = resolve('configs/quickstart.yaml');

describe('job k8s', () => {
  it('writes a folder, and says how to submit it', async () => {
    const folder = join(newFolder(), 'jobs');
    const { status, stdout } = await inProcess(['job', 'k8s', config, '--image', 'x', '--seeds', '2', '--to', folder]);
    const files = ['00-storage.yaml', '10-files.yaml', '20-prepare.yaml', '30-search.yaml', 'apply.sh'];
    expect([status, readdirSync(folder).sort()]).toEqual([0, files]);
    expect(stdout).toBe(`2 searches in ${folder}: ${files.join(', ')}\nsubmit them: sh ${folder}/apply.sh\n`);
  });

  it.each([
    [['--ranks', '3'], '--ranks: expected at most 2, the samplesPerStep; got 3'],
    [['--ranks', '2', '--schedule', '@daily'], '--schedule: expected a search of one rank; got --ranks too'],
    [['--time-zone', 'UTC'], '--time-zone: expected --schedule with it; got none'],
    [['--schedule', 'often'], 'expected a cron schedule of five fields'],
    [['--memory', '8 GB'], 'expected an amount of bytes such as 8Gi or 500M'],
    [['--node-label', 'zone'], 'expected KEY=VALUE of letters'],
    [['--name', 'My_search'], 'expected at most 40 lower-case letters'],
    [['--targets', '1,1'], 'expected different numbers above 0'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { status, stderr } = await inProcess(['job', 'k8s', config, '--image', 'x', '--to', '/nowhere', ...args]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
