/** A small but real search: native TensorFlow, a distillation set on disk, a run folder. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseOverride } from '#core/documents/overrides';
import { meanOf } from '#core/statistics/scoring';
import { readSafetensors } from '#data/files/safetensors';
import { readEvents } from '#jobs/runs/event-log';
import { type SampleLine, sampleLineSchema, searchEventSchema } from '#jobs/runs/run-events';
import { readSearchResult } from '#jobs/runs/run-result';
import { readState } from '#jobs/runs/run-state';
import { oneWorker, type Workers } from '#jobs/workers/launcher';
import { costOf } from '#networks/cost/cost';
import { readSpace } from '#networks/space/parse';
import { close } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { readSearchConfig } from '#tasks/search/config/config';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { planCoarse, planFine, plannedFigures, planWarnings } from '#tasks/search/plan';
import { runStage } from '#tasks/search/run-stages';
import { failureOf, failureOfAsync, newFolder } from '#test/data/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';
import { smallWorld } from '#test/tasks/search/small-world';

let world: string;

beforeAll(async () => {
  openBackend({ threads: 1 });
  world = await smallWorld();
});

interface Attempt {
  readonly root?: string;
  readonly id?: string;
  readonly set?: readonly string[];
  readonly stage?: 'coarse' | 'fine';
  /** The folder of a coarse run whose result the fine stage opens; a network without it. */
  readonly baseRun?: string;
  readonly workers?: Workers;
  readonly extend?: boolean;
  /** Polled after each step. */
  readonly shouldStop?: () => boolean;
}

const notes: string[] = [];
let time = 0;

async function searched({
  root = newFolder(),
  id = 'a',
  set = [],
  stage = 'coarse',
  workers = oneWorker,
  extend,
  shouldStop,
  baseRun,
}: Attempt = {}) {
  const config = readSearchConfig(
    join(world, 'small.yaml'),
    set.map((assignment) => parseOverride(assignment)),
  );
  const coarse = planCoarse(config);
  const base = baseRun === undefined ? close(coarse.task.space, [1, 1]) : foundArchitecture(baseRun);
  const plan = stage === 'coarse' ? coarse : planFine(config, base, baseRun);
  notes.length = 0;
  const context = {
    environment: { test: true },
    workers,
    observer: {
      progress: () => {},
      note: (line: string) => notes.push(line),
      warn: (line: string) => notes.push(`warning: ${line}`),
    },
    shouldStop: shouldStop ?? (() => false),
    clock: () => time++,
  };
  const outcome = await runStage(plan, config, { context, root, id, resume: 'allow', extend });
  return { folder: join(root, id), outcome };
}

/** Returns a function that is true at its n-th call. */
function afterSteps(n: number): () => boolean {
  let asked = 0;
  return () => ++asked === n;
}

const text = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const json = (folder: string, name: string) => JSON.parse(text(folder, name));

/** Returns the tensors and the state of a run's last checkpoint. */
function lastCheckpoint(folder: string) {
  const name = readdirSync(join(folder, 'checkpoints')).sort().at(-1) as string;
  const { tensors } = readSafetensors(join(folder, 'checkpoints', name, 'weights.safetensors'));
  return { name, tensors, state: json(join(folder, 'checkpoints', name), 'state.json') };
}

/** Returns the logged policies of a run by step. */
function policies(folder: string) {
  return new Map(readEvents(join(folder, 'policy.jsonl')).map(({ step, logits }) => [step, logits]));
}

describe('a coarse stage', () => {
  it('writes a run folder with its config, its progress and its result', async () => {
    const { folder, outcome } = await searched();
    const names = readdirSync(folder).sort();
    const boards = names.filter((name) => name.startsWith('events.out.tfevents.'));
    expect(boards).toHaveLength(1);
    expect(names.filter((name) => !boards.includes(name))).toEqual([
      'architecture.yaml',
      'checkpoints',
      'config.yaml',
      'environment.json',
      'events.jsonl',
      'identity.json',
      'policy.jsonl',
      'result.json',
      'samples.jsonl',
      'space.yaml',
      'state.json',
    ]);
    const { quality, reward } = json(folder, 'result.json');
    const figures = { quality, reward };
    expect(readState(folder)).toEqual({ id: 'a', stage: 'coarse', status: 'done', step: 12, steps: 12, ...figures });
    expect(json(folder, 'environment.json')).toEqual({ test: true, workers: 1 });
    expect(text(folder, 'config.yaml')).toContain('validationBatch: 24');
    expect(readSpace(join(folder, 'space.yaml')).choices.map(({ path }) => path)).toEqual([
      'stages[1].out',
      'stages[1].blocks[1].use',
    ]);
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(['step-000008', 'step-000012']);
    const events = readEvents(join(folder, 'events.jsonl'));
    expect(events.map(({ step }) => step)).toEqual([4, 8, 12]);
    for (const event of events) {
      expect(searchEventSchema.parse(event)).toEqual(event);
      const [value, expected, argmax] = Array.from({ length: 3 }, () => expect.any(Number));
      expect(event['costs']).toEqual({ macs: { value, expected, argmax, target: 12000 } });
      expect(event['rates']).toEqual({ weights: expect.any(Number), controller: expect.any(Number) });
    }
    expect(Object.keys(readEvents(join(folder, 'policy.jsonl'))[0]?.['logits'] as object)).toEqual([
      'stages[1].out',
      'stages[1].blocks[1].use',
    ]);

    const found = foundArchitecture(folder);
    expect(found).toEqual({ ...outcome?.architecture, name: 'small.coarse.a' });
    const result = json(folder, 'result.json');
    expect(readSearchResult(folder)).toEqual(result);
    const space = readSpace(join(folder, 'space.yaml'));
    expect(found).toEqual({ ...close(space, result.decisions), name: 'small.coarse.a' });
    const macs = costOf({ cost: 'macs' }, found);
    expect(result.costs).toEqual({ macs: { value: macs, argmax: macs, expected: expect.any(Number), target: 12000 } });
    const last = events.at(-1)?.['costs'] as typeof result.costs;
    expect(last.macs).toMatchObject({ expected: result.costs.macs.expected, argmax: macs });
    expect(result.held).toMatchObject({ split: 'held', n: 24, top1: result.quality });
    expect(result.random).toMatchObject({ n: 2 });
    expect(result.reward).toBeCloseTo(result.quality - 0.1 * Math.abs(result.costs.macs.value / 12000 - 1), 12);
  });

  it('logs every architecture that it sampled, with its quality and costs', async () => {
    const { folder } = await searched({ set: ['search.samplesPerStep=3', 'search.logEvery=4'] });
    const lines = readEvents(join(folder, 'samples.jsonl')).map((line) => sampleLineSchema.parse(line));
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    const space = readSpace(join(folder, 'space.yaml'));
    const macs = ({ decisions }: SampleLine) =>
      decisions.map((chosen) => costOf({ cost: 'macs' }, close(space, chosen)));
    for (const line of lines) expect(line.costs).toEqual({ macs: macs(line) });
    const means = [0, 4, 8].map((from) => meanOf(lines.slice(from, from + 4).flatMap(({ qualities }) => qualities)));
    const events = readEvents(join(folder, 'events.jsonl'));
    for (const [i, { quality }] of events.entries()) expect(quality).toBeCloseTo(means[i] as number, 12);
    const lastWarm = lines.findLastIndex(({ mixed }) => mixed.includes(true));
    expect(lastWarm).toBeLessThan(11);
    expect(json(folder, 'result.json').randomCandidates).toHaveLength(2);
  });

  it('scores a checkpoint by an average of the rewards in which each weighs 5 % less than the next', async () => {
    const { folder } = await searched({ set: ['search.logEvery=1'] });
    const rewards = readEvents(join(folder, 'events.jsonl')).map(({ reward }) => reward as number);
    expect(rewards).toHaveLength(12);
    const weights = rewards.map((_, i) => 0.95 ** (11 - i));
    const average = rewards.reduce((sum, reward, i) => sum + reward * weights[i]!, 0) / weights.reduce((a, b) => a + b);
    const { score } = json(join(folder, 'checkpoints', 'step-000012'), 'manifest.json');
    expect(score).toBeCloseTo(average, 9);
  });

  it('leaks no tensor from step to step', async () => {
    const { folder } = await searched({ set: ['search.steps=60', 'search.logEvery=20'] });
    const alive = readEvents(join(folder, 'events.jsonl')).map(({ tensors }) => tensors as number);
    expect((alive[2] as number) - (alive[0] as number)).toBeLessThan(40); // steps; constants are made once per shape
  });

  it('ends as a mistake in the config once its loss is NaN', async () => {
    const root = newFolder();
    const failure = await failureOfAsync(() => searched({ root, set: ['search.weights.learningRate=1e30'] }));
    expect([failure.kind, failure.message, failure.remedy]).toEqual([
      'config',
      expect.stringMatching(/^training diverged: .+ at step \d+$/),
      'begin another run with a lower weights.learningRate, or with a longer warm-up',
    ]);
    expect(readState(join(root, 'a')).status).toBe('failed');
  });

  it('searches with several samples a step, by distillation, and selects the best of several', async () => {
    const set = ['search.samplesPerStep=3', 'search.quality=distillation', 'search.select={bestOf: 4}'];
    const { folder, outcome } = await searched({ set });
    const result = json(folder, 'result.json');
    expect(result.quality).toBe(-result.held.loss);
    expect(outcome?.winner.decisions).toEqual(result.decisions);
  });

  it('names the targets that its result misses', async () => {
    const { folder, outcome } = await searched({ set: ['cost[0].target=100'] });
    expect(outcome?.missed).toHaveLength(1);
    expect(json(folder, 'result.json').missed[0]).toMatch(/^macs is [\d.e+]+, \d+\.\d % from its target of 100\.0$/);
    expect(notes.at(-1)).toMatch(/^warning: a: target missed: macs is/);
  });
});

describe('the random baseline', () => {
  const set = ['search.strategy=random', 'search.select={bestOf: 3}', 'search.tolerance=0.5'];

  it('leaves the policy uniform and selects the best of different architectures on target', async () => {
    const { folder } = await searched({ set });
    const result = json(folder, 'result.json');
    expect(result.relativeEntropy).toBe(1);
    for (const logits of policies(folder).values())
      expect(new Set(Object.values(logits as object).flat())).toEqual(new Set([0]));
    const { candidates } = result as {
      candidates: { decisions: number[]; reward: number; costs: typeof result.costs }[];
    };
    const space = readSpace(join(folder, 'space.yaml'));
    expect(new Set(candidates.map(({ decisions }) => JSON.stringify(close(space, decisions)))).size).toBe(3);
    for (const { costs } of candidates) expect(Math.abs(costs.macs.value / 12000 - 1)).toBeLessThanOrEqual(0.5);
    expect(result.reward).toBe(Math.max(...candidates.map(({ reward }) => reward)));
  });

  it('refuses targets far from every architecture, before it trains', async () => {
    const root = newFolder();
    const failure = await failureOfAsync(() => searched({ root, set: [...set, 'cost[0].target=100'] }));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      'no architecture drawn from small.coarse comes within 50 % of macs 100',
    ]);
    expect(readEvents(join(root, 'a', 'events.jsonl'))).toEqual([]);
  });
});

describe('a winner among the best predicted', () => {
  const set = ['search.select={bestPredicted: 3}', 'search.samplesPerStep=2', 'search.controller.opWarmup=0'];

  it('is the best of as many different networks, and a note says how good the regression is', async () => {
    const { folder } = await searched({ set });
    const { candidates, reward } = json(folder, 'result.json') as {
      candidates: { decisions: number[]; reward: number }[];
      reward: number;
    };
    const space = readSpace(join(folder, 'space.yaml'));
    expect(new Set(candidates.map(({ decisions }) => JSON.stringify(close(space, decisions)))).size).toBe(3);
    expect(reward).toBe(Math.max(...candidates.map((candidate) => candidate.reward)));
    expect(notes).toContainEqual(expect.stringMatching(/^coarse: a regression over \d+ samples explains \d+\.\d % /));
  });

  it('is the same with two workers, and after a stop', async () => {
    const one = await searched({ set });
    const two = await searched({ set, workers: { count: 2, threads: 1 } });
    expect(json(two.folder, 'result.json')).toEqual(json(one.folder, 'result.json'));
    const root = newFolder();
    await failureOfAsync(() => searched({ root, set, shouldStop: afterSteps(5) }));
    await searched({ root, set });
    expect(json(join(root, 'a'), 'result.json')).toEqual(json(one.folder, 'result.json'));
  });

  it('is the most likely network if there are too few samples for a regression', async () => {
    const { folder } = await searched({ set: [...set, 'search.steps=4'] });
    expect(json(folder, 'result.json').candidates).toHaveLength(3);
    expect(notes).toContain('coarse: too few samples for a regression of quality');
  });
});

describe('a fine stage that starts warm', () => {
  it('requires a coarse run to start from', async () => {
    const failure = await failureOfAsync(() => searched({ stage: 'fine', set: ['fine.warmStart=true'] }));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      '--set fine.warmStart=true: fine.warmStart: expected a coarse run to start from, --from RUN; got a network without weights',
    ]);
  });

  it('begins with the weights of that run, with any number of workers, and resumes like other stages', async () => {
    const { folder: baseRun } = await searched({ set: ['search.samplesPerStep=2'] });
    const set = ['fine.warmStart=true', 'search.samplesPerStep=2', 'search.steps=6'];
    const fine = { stage: 'fine', baseRun, set } as const;
    const cold = await searched({ stage: 'fine', set: set.slice(1) });
    const warm = await searched(fine);
    const losses = [cold, warm].map(({ folder }) => readEvents(join(folder, 'events.jsonl'))[0]?.['loss'] as number);
    expect(losses[1]).toBeLessThan(losses[0] as number);
    const two = await searched({ ...fine, workers: { count: 2, threads: 1 } });
    expect(lastCheckpoint(two.folder)).toEqual(lastCheckpoint(warm.folder));
    const root = newFolder();
    await failureOfAsync(() => searched({ ...fine, root, shouldStop: afterSteps(3) }));
    await searched({ ...fine, root });
    expect(lastCheckpoint(join(root, 'a'))).toEqual(lastCheckpoint(warm.folder));
  });
});

describe('two workers', () => {
  const workers: Workers = { count: 2, threads: 1 };

  it('share three samples a step like one worker, except for rounding where a worker adds up two of them', async () => {
    const set = ['search.samplesPerStep=3', 'search.quality=distillation', 'search.steps=6'];
    const [one, two] = [await searched({ set }), await searched({ set, workers })];
    const [expected, found] = [one, two].map(({ folder }) => lastCheckpoint(folder).tensors);
    for (const [name, { values }] of found!) expectClose(values, expected!.get(name)!.values, 1e-3);
    expect(json(two.folder, 'result.json').decisions).toEqual(json(one.folder, 'result.json').decisions);
    expect(json(two.folder, 'environment.json')).toEqual({ test: true, workers: 2, threads: 1 });
  });

  it('end as soon as their result is NaN', async () => {
    const set = ['search.samplesPerStep=2', 'search.weights.learningRate=1e30'];
    const failure = await failureOfAsync(() => searched({ set, workers }));
    expect([failure.kind, failure.message]).toEqual(['config', expect.stringContaining('training diverged')]);
  });

  it('resume, in any number, from the checkpoint of another number of workers', async () => {
    const set = ['search.samplesPerStep=2'];
    const whole = await searched({ set });
    const root = newFolder();
    await failureOfAsync(() => searched({ root, set, workers, shouldStop: afterSteps(5) }));
    await searched({ root, set });
    expect(lastCheckpoint(join(root, 'a'))).toEqual(lastCheckpoint(whole.folder));
  });
});

describe('a stage that was stopped', () => {
  it.each(['coarse', 'fine'] as const)('ends, run again, like one that was never stopped (%s)', async (stage) => {
    const whole = await searched({ stage });
    const root = newFolder();
    const failure = await failureOfAsync(() => searched({ root, stage, shouldStop: afterSteps(5) }));
    expect([failure.kind, failure.exitCode, failure.message]).toEqual([
      'stopped',
      75,
      'stopped on request after step 5 of 12',
    ]);
    const folder = join(root, 'a');
    expect(readState(folder)).toMatchObject({ status: 'stopped', step: 5 });
    expect(lastCheckpoint(folder).name).toBe('step-000005');
    expect(existsSync(join(folder, 'architecture.yaml'))).toBe(false);

    const again = await searched({ root, stage });
    expect(notes).toContain('a: resuming after step 5 of 12');
    expect(text(folder, 'architecture.yaml')).toBe(text(whole.folder, 'architecture.yaml'));
    expect(json(folder, 'result.json')).toEqual(json(whole.folder, 'result.json'));
    expect(text(folder, 'samples.jsonl')).toBe(text(whole.folder, 'samples.jsonl'));
    expect(lastCheckpoint(folder)).toEqual(lastCheckpoint(whole.folder));
    for (const [step, logits] of policies(whole.folder)) expect(policies(folder).get(step), `${step}`).toEqual(logits);
    expect(again.outcome?.winner).toEqual(whole.outcome?.winner);
  });

  it('is also stopped after its last step, while random architectures are evaluated, and resumes there', async () => {
    const whole = await searched();
    const root = newFolder();
    const failure = await failureOfAsync(() => searched({ root, shouldStop: afterSteps(13) }));
    expect(failure.kind).toBe('stopped');
    expect(readState(join(root, 'a'))).toMatchObject({ status: 'stopped', step: 12 });
    await searched({ root });
    expect(json(join(root, 'a'), 'result.json')).toEqual(json(whole.folder, 'result.json'));
  });

  it('resumes from the checkpoint before a damaged one, and says so', async () => {
    const whole = await searched();
    const root = newFolder();
    await failureOfAsync(() => searched({ root, shouldStop: afterSteps(9) }));
    const weights = join(root, 'a', 'checkpoints', 'step-000009', 'weights.safetensors');
    writeFileSync(weights, readFileSync(weights).subarray(0, 100));
    await searched({ root });
    expect(notes[0]).toMatch(/^warning: .*step-000009: damaged, so the checkpoint before it is used: .*got 100$/);
    expect(notes[1]).toBe('a: resuming after step 8 of 12');
    expect(lastCheckpoint(join(root, 'a'))).toEqual(lastCheckpoint(whole.folder));
  });

  it('is not resumed under another config, and is unchanged', async () => {
    const root = newFolder();
    await failureOfAsync(() => searched({ root, shouldStop: afterSteps(2) }));
    const failure = await failureOfAsync(() => searched({ root, set: ['search.batch=8', 'seed=4'] }));
    expect(failure.kind).toBe('config');
    const file = join(root, 'a', 'config.yaml');
    expect(failure.message.split('\n')).toEqual([`${file}: seed: was 3, is 4`, `${file}: coarse.batch: was 16, is 8`]);
    expect(lastCheckpoint(join(root, 'a')).name).toBe('step-000002');
  });
});

describe('a run that is extended', () => {
  const longer = { set: ['coarse.steps=20'], extend: true };

  it('continues to more steps, stopped in between or not, and records that in its result', async () => {
    const root = newFolder();
    await searched({ root });
    const events = text(join(root, 'a'), 'events.jsonl');
    const { folder } = await searched({ root, ...longer });
    expect(notes[0]).toBe('a: extended from 12 to 20 steps; from step 12 on its schedules are those of a run of 20');
    expect(notes[1]).toBe('a: resuming after step 12 of 20');
    expect(text(folder, 'events.jsonl').startsWith(events)).toBe(true);
    expect(readEvents(join(folder, 'events.jsonl')).map(({ step }) => step)).toEqual([4, 8, 12, 16, 20]);
    expect(readState(folder)).toMatchObject({ status: 'done', step: 20, steps: 20 });
    expect(json(folder, 'result.json').extensions).toEqual([{ step: 12, steps: 12 }]);

    const other = newFolder();
    await searched({ root: other });
    await failureOfAsync(() => searched({ root: other, ...longer, shouldStop: afterSteps(3) }));
    await searched({ root: other, ...longer });
    expect(lastCheckpoint(join(other, 'a'))).toEqual(lastCheckpoint(folder));
    expect(text(join(other, 'a'), 'architecture.yaml')).toBe(text(folder, 'architecture.yaml'));
    expect(json(join(other, 'a'), 'result.json')).toEqual(json(folder, 'result.json'));
  });
});

describe('a run that is done', () => {
  it('is left unchanged', async () => {
    const root = newFolder();
    const { folder } = await searched({ root });
    const before = text(folder, 'result.json');
    expect((await searched({ root })).outcome).toBeUndefined();
    expect(text(folder, 'result.json')).toBe(before);
    expect(readState(folder).status).toBe('done');
  });

  it('has an architecture to open in the fine stage; an unfinished run has none', async () => {
    const root = newFolder();
    const { folder } = await searched({ root });
    const config = readSearchConfig(join(world, 'small.yaml'));
    const { space } = planFine(config, foundArchitecture(folder)).task;
    expect(space.name).toBe('small.fine');
    expect(new Set(space.choices.map(({ tag }) => tag))).toEqual(new Set(['startKernel', 'midKernel']));
    expect(failureOf(() => foundArchitecture(root))).toMatchObject({ kind: 'usage' });
  });
});

it('images of another shape than the space are a config failure that names both', async () => {
  const root = newFolder();
  writeFileSync(
    join(world, 'large.coarse.yaml'),
    text(world, 'small.coarse.yaml').replace('resolution: 8', 'resolution: 16'),
  );
  const failure = await failureOfAsync(() => searched({ root, set: ['coarse.space=large.coarse.yaml'] }));
  expect([failure.kind, failure.message]).toEqual([
    'config',
    'small.coarse: expected images of 16x16x1 and 3 classes; got 8x8x1 and 3 classes',
  ]);
  expect(existsSync(join(root, 'a'))).toBe(false);
});

it('a plan states its figures without computing anything', () => {
  const config = readSearchConfig(join(world, 'small.yaml'));
  expect(plannedFigures(planCoarse(config).task, { count: 4, threads: 2 })).toMatchObject({
    stage: 'coarse',
    choices: 2,
    steps: 12,
    imagesPerStep: 16,
    validationBatch: 24,
    workers: 1, // as many as a step has samples
    threads: 2,
    delaySteps: 3,
    targets: { macs: 12000 },
  });
});

it('a plan warns of a policy that cannot move and of an unreachable target', () => {
  const warnings = (...set: string[]) =>
    planWarnings(
      planCoarse(
        readSearchConfig(
          join(world, 'small.yaml'),
          set.map((assignment) => parseOverride(assignment)),
        ),
      ).task,
    );
  expect(warnings()).toEqual([]);
  expect(warnings('search.controller.logitTravel=4.9')[0]).toMatch(
    /^coarse: the controller can move a logit by 4\.90 in all/,
  );
  expect(warnings('cost[0].target=100')).toEqual([
    expect.stringMatching(/^coarse: no architecture of small\.coarse has macs 100: they have \d+ to .+$/),
  ]);
});
