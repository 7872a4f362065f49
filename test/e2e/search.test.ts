/** Both stages through the program itself: its output, and its resumption after signals of schedulers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readState } from '#jobs/runs/run-state';
import { readNetwork } from '#networks/space/parse';
import { type Ended, type ProgramOptions, program } from '#test/cli/program';
import { smallWorld } from '#test/tasks/search/small-world';
import { endOf } from './ends.js';
import { signalAt } from './hooks.js';

let world: string;
let whole: Ended;

const settings = ['search.steps=30', 'search.logEvery=3', 'search.checkpointEvery=10'].flatMap((set) => ['--set', set]);

/** Runs `mnv4-nas search` with one thread, its runs `a-coarse` and `a-fine` under `root`. */
function search(root: string, options: ProgramOptions = {}): Promise<Ended> {
  const args = ['search', 'small.yaml', '--run-id', 'a', '--root', root, '--threads', '1', '--json', ...settings];
  return program(args, { cwd: world, ...options });
}

const lines = (text: string) => text.trimEnd().split('\n');

beforeAll(async () => {
  world = await smallWorld();
  whole = await search('whole');
});

describe('a search', { timeout: 120_000 }, () => {
  it('prints the results of both stages as one JSON document', () => {
    expect(whole.status).toBe(0);
    expect(lines(whole.stdout)).toHaveLength(1);
    const [coarse, fine] = JSON.parse(whole.stdout);
    const done = { status: 'done', step: 30, steps: 30, costs: { macs: { target: 12000 } } };
    expect(coarse).toMatchObject({ id: 'a-coarse', stage: 'coarse', ...done });
    expect(fine).toMatchObject({ id: 'a-fine', stage: 'fine', ...done });
    const widths = (network: { stages: { blocks: { out: number }[] }[] }) =>
      network.stages.map(({ blocks }) => blocks.map(({ out }) => out));
    expect(widths(fine.architecture)).toEqual(widths(coarse.architecture));
    expect(fine.architecture).toEqual(readNetwork(join(world, 'whole', 'a-fine', 'architecture.yaml')));
  });

  it('without a terminal reports its progress as JSON lines', () => {
    const told = lines(whole.stderr).map((line) => JSON.parse(line));
    const progress = told.filter(({ msg }) => msg === 'progress');
    expect(progress.filter(({ stage }) => stage === 'fine').map(({ step }) => step)).toEqual(
      Array.from({ length: 10 }, (_, i) => 3 * (i + 1)),
    );
    expect(progress[0]).toMatchObject({
      level: 'info',
      run: 'a-coarse',
      rank: 0,
      stage: 'coarse',
      steps: 30,
      costs: { macs: { target: 12000 } },
    });
  });

  it('run again after it is done, says so and prints the same', async () => {
    const again = await search('whole');
    expect([again.status, again.stdout]).toEqual([0, whole.stdout]);
    const told = lines(again.stderr).map((line) => JSON.parse(line).msg);
    const done = (stage: string) => `a-${stage} is done already; name another run with --run-id`;
    expect(told.filter((line) => line.includes('done already'))).toEqual([done('coarse'), done('fine')]);
  });

  it('exits with 75 on SIGTERM and just ends on SIGKILL; the same command brings it to the same end', async () => {
    const root = join(world, 'broken');
    const stopped = await search('broken', signalAt('coarse', 6, 'SIGTERM'));
    expect([stopped.status, stopped.stdout]).toEqual([75, '']);
    const [reason, remedy] = lines(stopped.stderr).slice(-2);
    expect(reason).toMatch(/^stopped on request after step \d+ of 30$/);
    expect(remedy).toBe('what to do: run the same command again to resume');
    expect(readState(join(root, 'a-coarse')).status).toBe('stopped');
    expect(readdirSync(root)).toEqual(['a-coarse']);

    const killed = await search('broken', signalAt('fine', 15, 'SIGKILL'));
    expect([killed.status, killed.stdout]).toEqual([null, '']);
    expect(killed.stderr).toContain('a-coarse: resuming after step');
    expect(readState(join(root, 'a-fine')).status).toBe('running'); // SIGKILL left no time to update it

    const ended = await search('broken');
    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/took over the lock of process \d+ on/);
    expect(ended.stderr).toMatch(/a-fine: resuming after step 10 of 30/);
    const strip = ({ stdout }: Ended) => JSON.parse(stdout.replaceAll(/"(broken|whole)\//g, '"'));
    expect(strip(ended)).toEqual(strip(whole));
    for (const stage of ['a-coarse', 'a-fine']) {
      expect(endOf(join(root, stage)), stage).toEqual(endOf(join(world, 'whole', stage)));
    }
  });
});
