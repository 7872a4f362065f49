import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, it } from 'vitest';
import { exportRuns } from '#tasks/report/tables/export-runs';
import { failureOf, opened, temporaryFolder } from '#test/jobs/runs/run-fixture';
import { madeRun } from '#test/tasks/report/run/report-fixture';

const never = (message: string): void => expect.unreachable(message);

/** A search of two intervals and a training of one, whose log ends in a torn line. */
function twoRuns(): { root: string; folders: string[] } {
  const root = temporaryFolder();
  const search = madeRun({ root, id: 'search-1' });
  const training = opened(root, { id: 'training', stage: 'train' });
  const machine = { imagesPerSecond: 10, dataWait: 0, memoryMb: 200, tensors: 3 };
  training.openLog('events', undefined).append({ step: 5, loss: 0.1 + 0.2, learningRate: 1e-7, ...machine });
  training.finish('stopped');
  appendFileSync(join(training.folder, 'events.jsonl'), '{"step":10,"lo');
  return { root, folders: [search, training.folder] };
}

async function readParquet(file: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  expect(parquetMetadata(buffer).created_by).toBe('mnv4-nas');
  return (await parquetReadObjects({ file: buffer })) as Record<string, unknown>[];
}

const costs = { value: 90_000, expected: 95_000, argmax: 98_000, target: 100_000 };
const searched = (step: number) => ({
  ...{ run: 'search-1', step, loss: 1, quality: step / 50, reward: step / 100 },
  ...Object.fromEntries(Object.entries(costs).map(([name, value]) => [`costs/macs/${name}`, value])),
  ...{ baseline: 0.7, entropy: 0.4, relativeEntropy: 0.4, imagesPerSecond: 1000, dataWait: 0.1, memoryMb: 200 },
  ...{ tensors: 12, 'rates/weights': 0.05, 'rates/controller': 0.01, learningRate: null },
});

it('writes every value of the logs to Parquet, in one table for each log', async () => {
  const { root, folders } = twoRuns();
  const out = join(root, 'tables');
  const written = exportRuns(folders, 'parquet', out, never);
  expect(written.map(({ rows }) => rows)).toEqual([3, 4, 8]);
  const [events = [], samples, policy] = await Promise.all(written.map(({ file }) => readParquet(file)));
  expect(events.slice(0, 2)).toEqual([searched(20), searched(40)]);
  const { run, step, loss, learningRate, quality } = events[2] as Record<string, unknown>;
  expect([run, step, loss, learningRate, quality]).toEqual(['training', 5, 0.1 + 0.2, 1e-7, null]);
  const sample = { run: 'search-1', sample: 0, decisions: '0 0', quality: 0.1, mixed: true, 'costs/macs': 50_000 };
  const other = { run: 'search-1', sample: 1, decisions: '1 1', quality: 0.2, mixed: false, 'costs/macs': 150_000 };
  expect(samples).toEqual(
    [20, 40].flatMap((step) => [
      { ...sample, step },
      { ...other, step },
    ]),
  );
  // the temperature is 2, so a logit of 2 ln 3 is three times as likely as 0
  const option = (choice: string, option: number, value: string, logit: number, probability: number) => {
    return { run: 'search-1', step: 20, choice, option, value, logit, probability: expect.closeTo(probability, 12) };
  };
  expect(policy?.slice(0, 4)).toEqual([
    option('stages[1].out', 0, '8', 0, 0.25),
    option('stages[1].out', 1, '16', 2 * Math.log(3), 0.75),
    option('stages[1].blocks[1].use', 0, expect.any(String), 0, 0.5),
    option('stages[1].blocks[1].use', 1, expect.any(String), 0, 0.5),
  ]);
});

it('writes the same values as CSV, with empty cells where a run has no value', () => {
  const { root, folders } = twoRuns();
  const out = join(root, 'tables');
  exportRuns(folders, 'csv', out, never);
  const [head = '', first = '', , last = ''] = readFileSync(join(out, 'events.csv'), 'utf8').split('\n');
  const named = (line: string) => Object.fromEntries(head.split(',').map((name, i) => [name, line.split(',')[i]]));
  const texts = Object.entries(searched(20)).map(([name, value]) => [name, String(value ?? '')]);
  expect(named(first)).toEqual(Object.fromEntries(texts));
  expect(named(last)).toMatchObject({ run: 'training', loss: '0.30000000000000004', learningRate: '1e-7', reward: '' });
  expect(readFileSync(join(out, 'samples.csv'), 'utf8').split('\n').slice(0, 2)).toEqual([
    'run,step,sample,decisions,quality,mixed,costs/macs',
    'search-1,20,0,0 0,0.1,true,50000',
  ]);
});

it('leaves out damaged lines, and names them by their place in the file', () => {
  const folder = madeRun();
  const log = join(folder, 'samples.jsonl');
  appendFileSync(log, '{"step":\n{"step":60,"decisions":[]}\n');
  const notices: string[] = [];
  const out = join(folder, 'tables');
  const written = exportRuns([folder], 'csv', out, (message) => void notices.push(message));
  expect(notices).toEqual([3, 4].map((line) => `${log}:${line}: damaged, so this line is left out`));
  expect(written.map(({ rows }) => rows)).toEqual([2, 4, 8]);
});

it('refuses a folder that exists, runs of one id and runs without steps, and leaves nothing', () => {
  const { root, folders } = twoRuns();
  const out = join(root, 'tables');
  const failure = (runs: string[], to = out) => failureOf(() => exportRuns(runs, 'csv', to, never)).message;
  expect(failure(folders, root)).toBe(`${root}: expected a folder that is not there yet; got one that is`);
  expect(failure([...folders, folders[0] as string])).toBe('expected runs of different ids; got search-1 twice');
  const empty = opened(root, { id: 'empty' });
  expect(failure([empty.folder])).toBe('expected runs with logged steps; got empty');
  expect(existsSync(out)).toBe(false);
});
