/** A search that makes everything that is missing, through the program itself, stopped and resumed in every phase. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, type ProgramOptions, program } from '#test/cli/program';
import { endOf } from './ends.js';
import { signalAt } from './hooks.js';
import { project } from './small-project.js';

/** Runs `mnv4-nas search` in a project with a cache inside it. */
function search(folder: string, options: ProgramOptions = {}, ...more: string[]): Promise<Ended> {
  const args = ['search', 'search.yaml', '--threads', '1', '--json', ...more];
  return program(args, { cwd: folder, env: { MNV4_CACHE: join(folder, 'cache') }, ...options });
}

const records = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

let whole: string;
let ended: Ended;

beforeAll(async () => {
  whole = project();
  ended = await search(whole);
}, 300_000);

describe('a search that lacks everything', { timeout: 300_000 }, () => {
  it('trains the teacher, builds the set, searches, trains the result and exports it', () => {
    expect([ended.status, ended.status === 0 ? '' : ended.stderr]).toEqual([0, '']);
    const report = JSON.parse(ended.stdout);
    expect(report).toMatchObject({
      name: 'small',
      costs: { macs: { target: 12000 } },
      test: { split: 'test', n: 36 },
      exports: [{ format: 'onnx', int8: { evaluation: { n: 36 } } }, { format: 'safetensors' }],
      runs: ['runs/small-coarse', 'runs/small-fine', 'runs/small-train'],
      stages: [{ stage: 'coarse' }, { stage: 'fine' }],
      compared: [
        { name: 'fine', run: 'runs/small-compare-fine', costs: { macs: report.costs.macs.value } },
        { name: 'coarse', run: 'runs/small-compare-coarse' },
        { name: expect.stringMatching(/^known-.*x$/), costs: { macs: expect.any(Number) }, test: { n: 36 } },
      ],
    });
    const [{ files, int8 }] = report.exports;
    expect(files).toEqual(expect.arrayContaining(['model.onnx', 'model-int8.onnx', 'int8.json']));
    expect(int8.agreement).toBeGreaterThan(0.8);
    expect(readFileSync(join(whole, 'exported', 'onnx', 'README.md'), 'utf8')).toMatch(
      /\| in int8 \| .* of 36 test images/,
    );
    expect(readdirSync(join(whole, 'cache')).sort()).toEqual(['sets', 'teachers']);
  });

  it('shows one progress over all phases, with the time left', () => {
    const progress = records(ended.stderr).filter(({ msg }) => msg === 'progress');
    const phases = [...new Set(progress.map(({ stage, phase }) => `${phase.number}/${phase.of} ${stage}`))];
    const compared = ['5/9 compare', '6/9 compare', '7/9 compare'];
    expect(phases).toEqual(['1/9 teacher', '2/9 dataset', '3/9 coarse', '4/9 fine', ...compared, '8/9 train']);
    expect(progress.filter(({ phase }) => phase.secondsLeft > 0).length).toBeGreaterThan(5);
  });

  it('run again, checks that all is there and prints the same', async () => {
    const again = await search(whole);
    expect([again.status, again.stdout]).toEqual([0, ended.stdout]);
    expect(records(again.stderr).filter(({ msg }) => msg === 'progress')).toEqual([]);
  });

  it('stopped or killed in one phase after another, resumes and ends like an uninterrupted one', async () => {
    const folder = project();
    const disturbed = (...where: Parameters<typeof signalAt>) => search(folder, signalAt(...where));
    const stopped = await disturbed('teacher', 4, 'SIGTERM');
    expect([stopped.status, stopped.stdout]).toEqual([75, '']);
    expect((await disturbed('dataset', 216, 'SIGKILL')).status).toBe(null);
    const late = await disturbed('train', 8, 'SIGTERM');
    expect([late.status, late.stdout]).toEqual([75, '']);
    expect(existsSync(join(folder, 'exported'))).toBe(false);
    const resumed = await search(folder);
    expect([resumed.status, resumed.status === 0 ? '' : resumed.stderr]).toEqual([0, '']);
    for (const run of ['small-coarse', 'small-fine', 'small-compare-fine', 'small-train']) {
      expect(endOf(join(folder, 'runs', run))).toEqual(endOf(join(whole, 'runs', run)));
    }
  });

  it('in a dry run says what exists, what is missing, and how long it will take', async () => {
    const folder = project();
    const planned = await search(folder, {}, '--dry-run');
    expect([planned.status, planned.status === 0 ? '' : planned.stderr]).toEqual([0, '']);
    const seconds = expect.any(Number);
    expect(JSON.parse(planned.stdout)).toMatchObject([
      { stage: 'teacher', exists: false, seconds },
      { stage: 'dataset', exists: false, seconds, bytes: 276 * 82 },
      { stage: 'compare', exists: false, seconds },
      { stage: 'compare', exists: false, seconds },
      { stage: 'compare', exists: false, seconds },
      { stage: 'train', exists: false, seconds },
      { stage: 'export', exists: false },
      { stage: 'coarse', estimate: { seconds } },
      { stage: 'fine', estimate: { seconds } },
    ]);
    expect(readdirSync(folder)).not.toContain('runs');
  });

  it('refuses an export folder that holds something else before anything is computed', async () => {
    const folder = project();
    const other = ['--set', `export.folder=${join(whole, 'exported')}`];
    const refused = await search(folder, {}, ...other);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('expected a folder for a new export; got');
    expect(readdirSync(folder)).not.toContain('cache');
  });
});
