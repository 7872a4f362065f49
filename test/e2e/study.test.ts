/** Studies through the program: searches of several arms and seeds, stand-alone trainings of their results, report. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Agreement } from '#tasks/study/agreement';
import type { StudyResult } from '#tasks/study/study-report';
import { inProcess } from '#test/cli/in-process';
import { type Ended, program } from '#test/cli/program';
import { smallWorld } from '#test/tasks/search/small-world';
import { hooked } from './hooks.js';

let world: string;

const recipe = `name: alone
data: { folder: set }
epochs: 0.2
batch: 16
optimizer: { kind: adamW }
learningRate: 0.01
statisticsBatches: 2
`;

const study = `name: small
config: small.yaml
recipe: alone.train.yaml
seeds: 2
trainings: 2
set: { search.tolerance: 0.5, search.compareRandom: 0, search.steps: 6 }
arms:
  - { name: two-stage }
  - { name: coarse-alone, runsOf: two-stage, stages: [coarse] }
  - { name: best-of-random, stages: [coarse], set: { search.strategy: random, search.select: { bestOf: 3 } } }
  - { name: any-on-target, draw: 3 }
`;

const flags = ['--threads', '1', '--workers', '1', '--json'];
const run = (args: readonly string[]) => inProcess([...args, ...flags], { cwd: world });

function json<T>({ status, stdout, stderr }: Ended): T {
  expect(status === 0 && !stderr.includes('bug'), stderr).toBe(true);
  return JSON.parse(stdout) as T;
}

const untimed = (arms: StudyResult['arms']) =>
  JSON.parse(JSON.stringify(arms, (key, value) => (/seconds$/i.test(key) ? undefined : value)));

const allRuns = (root: string) => readdirSync(join(world, root)).sort();

beforeAll(async () => {
  world = await smallWorld();
  writeFileSync(join(world, 'alone.train.yaml'), recipe);
  writeFileSync(join(world, 'small.study.yaml'), study);
});

describe('a study', { timeout: 240_000 }, () => {
  it('compares the results of its arms by stand-alone accuracy, and writes table, plot and findings', async () => {
    const result = json<StudyResult>(await run(['study', 'small.study.yaml', '--root', 'a']));
    const { winners, arms } = result;
    expect(winners?.map(({ name, n }) => [name, n])).toEqual([
      ['two-stage', 2],
      ['coarse-alone', 2],
      ['best-of-random', 2],
      ['any-on-target', 3],
    ]);
    for (const { name, findings } of arms) {
      for (const { alone, held, costs } of findings) {
        expect(alone).toBeGreaterThan(0);
        expect(held === null).toBe(name === 'any-on-target');
        expect(Math.abs((costs['macs']?.value as number) / 12000 - 1) <= 0.5 || name.endsWith('stage')).toBe(true);
      }
    }
    const [first, second] = winners as [(typeof winners & object)[number], (typeof winners & object)[number]];
    expect([first.difference, first.searchImages, second.searchImages]).toEqual([null, 2 * 6 * 16, 6 * 16]);
    expect(second.difference?.mean).toBeCloseTo(second.accuracy - first.accuracy, 12);
    expect(allRuns('a/small')).toEqual([
      ...['best-of-random-1-coarse', 'best-of-random-2-coarse', 'study.json', 'study.md', 'study.svg'],
      ...['two-stage-1-coarse', 'two-stage-1-fine', 'two-stage-2-coarse', 'two-stage-2-fine'],
    ]);
    expect(readFileSync(join(world, 'a/small/study.md'), 'utf8')).toContain('| two-stage | 2 |');
    expect(readFileSync(join(world, 'a/small/study.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('that was stopped resumes and ends like one that was not', async () => {
    const hook = `
      const { stderr } = process;
      const write = stderr.write.bind(stderr);
      stderr.write = (text, ...more) => {
        if (text.includes('best-of-random, seed 1')) process.kill(process.pid, 'SIGTERM');
        return write(text, ...more);
      };`;
    const args = ['study', 'small.study.yaml', '--root', 'b'];
    const stopped = await program([...args, ...flags], { cwd: world, ...hooked(hook) });
    expect(stopped.status).toBe(75);
    expect(existsSync(join(world, 'b/small/two-stage-2-coarse'))).toBe(false);
    const { arms } = json<StudyResult>(await run(args));
    const undisturbed = (JSON.parse(readFileSync(join(world, 'a/small/study.json'), 'utf8')) as StudyResult).arms;
    expect(untimed(arms)).toEqual(untimed(undisturbed));
  });
});

describe('a study with targets', { timeout: 240_000 }, () => {
  const file = `name: aimed
config: small.yaml
recipe: alone.train.yaml
seeds: 2
targets: [10000, 14000]
set: { search.tolerance: 0.5, search.compareRandom: 0, search.steps: 6 }
arms:
  - { name: coarse, stages: [coarse] }
  - { name: known, scaled: known.yaml, seeds: 1 }
`;

  const known = `name: known
input: { resolution: 224, channels: 3 }
classes: 1000
activation: relu6
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 16 }
head: { conv: 16, hidden: 0 }
`;

  it('has a search and the scaled network for each target and its seeds, in parts if asked, and draws accuracy against cost', async () => {
    writeFileSync(join(world, 'aimed.study.yaml'), file);
    writeFileSync(join(world, 'known.yaml'), known);
    const args = ['study', 'aimed.study.yaml', '--root', 'h'];
    const part = json<StudyResult>(await run([...args, '--seeds', '2']));
    expect(part.winners?.map(({ name, target, n }) => [name, target, n])).toEqual([
      ['coarse', 10000, 1],
      ['coarse', 14000, 1],
    ]);
    const second = json<StudyResult>(await run([...args, '--seeds', '1', '--targets', '10000']));
    expect(second.seeds).toEqual([1, 2]);
    expect(second.winners?.map(({ name, target, n }) => [name, target, n])).toEqual([
      ['coarse', 10000, 2],
      ['known', 10000, 1],
      ['coarse', 14000, 1],
    ]);
    const { winners, arms } = json<StudyResult>(await run(args));
    expect(winners?.map(({ name, target, n }) => [name, target, n])).toEqual([
      ['coarse', 10000, 2],
      ['known', 10000, 1],
      ['coarse', 14000, 2],
      ['known', 14000, 1],
    ]);
    const given = arms.filter(({ isGiven }) => isGiven);
    for (const { findings, target } of given) {
      expect(new Set(findings.map(({ architecture }) => architecture)).size).toBe(1);
      expect(Math.abs((findings[0]?.costs['macs']?.value as number) / (target as number) - 1)).toBeLessThan(0.5);
    }
    expect(allRuns('h/aimed')).toContain('coarse-at-10000-2-coarse');
    const plot = readFileSync(join(world, 'h/aimed/study.svg'), 'utf8');
    for (const text of ['coarse', 'known', 'macs']) expect(plot).toContain(text);
  });

  it('leaves out what other trainings found, and refuses a damaged file of findings', async () => {
    const file = join(world, 'h/aimed/study.json');
    const args = ['study', 'aimed.study.yaml', '--root', 'h', '--seeds', '2', '--targets', '14000'];
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/-[0-9a-f]{8}-(\d+)"/g, `-00000000-$1"`));
    const { winners } = json<StudyResult>(await run(args));
    expect(winners?.map(({ name, target, n }) => [name, target, n])).toEqual([['coarse', 14000, 1]]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"alone"', '"aline"'));
    const refused = await run(args);
    expect(refused.status).toBe(4);
    expect(refused.stderr).toMatch(/study\.json:\d+:\d+: .*remove it and run the study again/s);
  });
});

describe('a study of lengths', { timeout: 240_000 }, () => {
  const file = `name: lengths
config: small.yaml
recipe: alone.train.yaml
measure: lengths
epochs: [0.2, 0.1]
seeds: 1
trainings: 2
set: { search.tolerance: 0.5 }
arms: [{ name: drawn, draw: 3 }]
`;

  it('trains each architecture for each length and reports spread, noise and order', async () => {
    writeFileSync(join(world, 'lengths.study.yaml'), file);
    const { lengths, arms } = json<StudyResult>(await run(['study', 'lengths.study.yaml', '--root', 'i']));
    expect(lengths?.map(({ epochs, n, tau }) => [epochs, n, tau === null])).toEqual([
      [0.1, 3, lengths?.[0]?.tau === null],
      [0.2, 3, true],
    ]);
    expect(lengths?.every(({ within, seconds }) => (within ?? 0) >= 0 && seconds > 0)).toBe(true);
    expect(arms[0]?.findings.flatMap(({ trained }) => trained.map(({ top1 }) => top1.length))).toEqual(
      Array(6).fill(2),
    );
    expect(allRuns('i/alone')).toHaveLength(12);
  });
});

describe('a study with a judge SuperNet', { timeout: 240_000 }, () => {
  const judging = (arms: string) => `name: judging
config: small.yaml
recipe: alone.train.yaml
seeds: 1
set: { search.tolerance: 0.5, search.compareRandom: 0, search.steps: 6 }
judge: { search.steps: 8 }
arms:
${arms}  - { name: any-on-target, draw: 2 }
`;

  it('evaluates all architectures in one SuperNet, whose policy stays uniform', async () => {
    writeFileSync(join(world, 'judging.study.yaml'), judging('  - { name: coarse, stages: [coarse] }\n'));
    const { arms, winners } = json<StudyResult>(await run(['study', 'judging.study.yaml', '--root', 'f']));
    const alike = arms.map(({ findings }) => findings.map((finding) => finding.alike as number));
    expect(alike.map(({ length }) => length)).toEqual([1, 2]);
    expect(alike.flat().every((top1) => top1 > 0 && top1 < 1)).toBe(true);
    expect(winners?.map((of) => of.alike)).toEqual(alike.map((of) => of.reduce((a, b) => a + b) / of.length));
    const judge = json<{ seed: number; entropy: number; entropyAtStart: number; step: number }>(
      await inProcess(['runs', 'show', 'judge-coarse', '--root', 'f/judging', '--json'], { cwd: world }),
    );
    expect(judge).toMatchObject({ step: 8, entropy: judge.entropyAtStart });
    expect(readFileSync(join(world, 'f/judging/study.md'), 'utf8')).toContain('| in the judge |');
  });

  it('whose space lacks an architecture is refused, and its runs are kept', async () => {
    writeFileSync(join(world, 'lacking.study.yaml'), judging('  - { name: two-stage }\n'));
    const ended = await run(['study', 'lacking.study.yaml', '--root', 'g']);
    expect(ended.status).toBe(3);
    expect(ended.stderr).toContain('since its space small.coarse does not contain it');
    expect(existsSync(join(world, 'g/judging/study.json'))).toBe(true);
  });
});

describe('a ranking', { timeout: 240_000 }, () => {
  it('trains every architecture that the SuperNet evaluated, and reports the rank correlation', async () => {
    const args = ['rank', 'small.yaml', '--recipe', 'alone.train.yaml', '--architectures', '4', '--run-id', 'ranked'];
    const sets = ['--set', 'search.tolerance=0.5', '--root', 'c'];
    const { rankings, arms } = json<StudyResult>(await run([...args, ...sets]));
    expect(rankings).toHaveLength(1);
    const { n, byAccuracy, byLoss, chosen, best } = (rankings as NonNullable<typeof rankings>)[0] as NonNullable<
      StudyResult['rankings']
    >[number];
    expect(n).toBe(4);
    for (const { tau } of [byAccuracy, byLoss]) expect(tau === null || Math.abs(tau) <= 1).toBe(true);
    expect(chosen).toBeLessThanOrEqual(best);
    expect(arms[0]?.findings.every(({ held }) => held !== null)).toBe(true);
    expect(allRuns('c/alone')).toHaveLength(4);
  });
});

describe('a search with several seeds', { timeout: 240_000 }, () => {
  it('reports the agreement of the seeds, stage by stage', async () => {
    const args = ['search', 'small.yaml', '--run-id', 'seeded', '--seeds', '2', '--root', 'd'];
    const stages = json<(Agreement & { stage: string })[]>(await run([...args, '--set', 'search.steps=6']));
    expect(stages.map(({ stage, runs }) => [stage, runs])).toEqual([
      ['coarse', ['seeded-seed-3-coarse', 'seeded-seed-4-coarse']],
      ['fine', ['seeded-seed-3-fine', 'seeded-seed-4-fine']],
    ]);
    const coarse = stages[0] as Agreement;
    expect(Object.values(coarse.choices).map((counts) => Object.values(counts).reduce((a, b) => a + b))).toEqual([
      2, 2,
    ]);
    expect([0, 1 / 2, 1]).toContain(coarse.agreement);
    expect(coarse.costs['macs']).toMatchObject({ target: 12000 });
  });
});

it('the random baseline is one flag', { timeout: 120_000 }, async () => {
  const args = ['coarse', 'small.yaml', '--baseline', 'random', '--run-id', 'luck', '--root', 'e'];
  const ended = await run([...args, '--set', 'search.tolerance=0.5', '--set', 'search.steps=4']);
  const { entropy, entropyAtStart } = json<{ entropy: number; entropyAtStart: number }>(ended);
  expect(entropy).toBe(entropyAtStart);
});
