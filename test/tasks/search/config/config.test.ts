import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOverride } from '#core/documents/overrides';
import { type LocatedConfig, readSearchConfig, type StageName } from '#tasks/search/config/config';
import { scheduleSettings, stageSettings } from '#tasks/search/config/stage-settings';
import { schedule } from '#tasks/search/controller/schedule';
import { failureOf, newFolder } from '#test/data/fixtures';

const frame = `name: t
dataset: { folder: set }
cost: [{ cost: macs, target: 1000 }]
`;
const stages = `coarse: { space: s.yaml }
fine: { refine: r.yaml }
`;

const folder = newFolder();
const file = join(folder, 't.yaml');

function read(text: string, ...set: string[]): LocatedConfig {
  writeFileSync(file, text);
  return readSearchConfig(
    file,
    set.map((assignment) => parseOverride(assignment)),
  );
}

function settings(text: string, stage: StageName = 'coarse', ...set: string[]) {
  return stageSettings(read(text, ...set), stage);
}

/** Returns the lines of a failure without the folder of the test. */
function mistakes(act: () => unknown): string[] {
  const failure = failureOf(act);
  expect(failure.kind).toBe('config');
  return failure.message.replaceAll(`${folder}/`, '').split('\n');
}

it('a config with keys under former names is read as if it had the new ones', () => {
  const written = (batch: string, travel: string) =>
    `${frame}${stages}search: { ${batch}: 7, controller: { ${travel}: 9 } }\n`;
  const now = settings(written('validationBatch', 'logitTravel'));
  expect(settings(written('heldBatch', 'travel'))).toEqual(now);
  expect(settings(frame + stages, 'coarse', 'search.heldBatch=7', 'coarse.controller.travel=9')).toEqual(now);
});

describe('a stage of a config that sets nothing', () => {
  it("has TuNAS's defaults, its learning rates by the images of a step", () => {
    expect(settings(frame + stages)).toEqual({
      space: 's.yaml',
      steps: 1000,
      batch: 128,
      validationBatch: 512,
      samplesPerStep: 1,
      weights: {
        optimizer: { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 },
        learningRate: 0.0825,
        warmup: 0.025,
        l2: 4e-5,
        labels: 'teacher',
        samples: 'policy',
      },
      controller: {
        growth: 10,
        delay: 0.25,
        opWarmup: 0.25,
        filterWarmup: 0.25,
        temperature: 1,
        entropyBonus: 0,
        learningRate: 0.00015,
      },
      strategy: 'reinforce',
      quality: 'accuracy',
      reward: 'absolute',
      select: 'argmax',
      compareRandom: 0,
      statisticsBatches: 20,
      logEvery: 20,
      checkpointEvery: 250,
      tolerance: 0.05,
    });
  });

  it('counts the images of all samples of a step in its learning rates, of one sample in the validation batch', () => {
    const { weights, controller, validationBatch } = settings(
      `${frame}${stages}search: { batch: 64, samplesPerStep: 4 }\n`,
    );
    expect([weights.learningRate, validationBatch]).toEqual([0.165, 256]);
    expect(controller).toMatchObject({ learningRate: 0.0003 });
  });

  it('has the seed 0', () => {
    expect(read(frame + stages).config.seed).toBe(0);
  });
});

describe('precedence', () => {
  const text = `${frame}search:
  steps: 400
  batch: 32
  logEvery: 7
  weights: { l2: 0, warmup: 0.1 }
coarse: { space: s.yaml, batch: 64, weights: { warmup: 0.2 } }
fine: { refine: r.yaml, logEvery: 9 }
`;

  it('is: defaults, search, the stage, --set', () => {
    expect(settings(text)).toMatchObject({
      samplesPerStep: 1,
      steps: 400,
      batch: 64,
      logEvery: 7,
      weights: { l2: 0, warmup: 0.2, optimizer: { kind: 'rmsProp' } },
    });
    expect(settings(text, 'fine')).toMatchObject({
      steps: 400,
      batch: 32,
      logEvery: 9,
      weights: { l2: 0, warmup: 0.1 },
    });
    const set = ['search.steps=500', 'coarse.batch=16', 'coarse.weights.l2=0.5'];
    expect(settings(text, 'coarse', ...set)).toMatchObject({
      steps: 500,
      batch: 16,
      weights: { l2: 0.5, warmup: 0.2 },
    });
    expect(settings(text, 'fine', ...set)).toMatchObject({ steps: 500, batch: 32, weights: { l2: 0 } });
  });

  it('keeps the value of a stage if --set changes that of search', () => {
    expect(settings(text, 'coarse', 'search.batch=8').batch).toBe(64);
    expect(settings(text, 'fine', 'search.batch=8').batch).toBe(8);
  });

  it('of several --set on one value goes to the last', () => {
    expect(settings(text, 'coarse', 'search.steps=5', 'search.steps=6').steps).toBe(6);
  });

  it('replaces an optimizer as a whole, so that none has the settings of another', () => {
    const optimizers = `${frame}search: { weights: { optimizer: { kind: rmsProp, decay: 0.5 } } }
coarse: { space: s.yaml, weights: { optimizer: { kind: adamW } } }
fine: { refine: r.yaml }
`;
    expect(settings(optimizers).weights.optimizer).toEqual({ kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0 });
    expect(settings(optimizers, 'fine').weights.optimizer).toMatchObject({
      kind: 'rmsProp',
      decay: 0.5,
      momentum: 0.9,
    });
  });

  it('replaces the way to choose the winner as a whole', () => {
    const text = `${frame}search: { select: { bestOf: 16 } }\ncoarse: { space: s.yaml }\nfine: { refine: r.yaml, select: { bestPredicted: 64 } }\n`;
    expect([settings(text).select, settings(text, 'fine').select]).toEqual([{ bestOf: 16 }, { bestPredicted: 64 }]);
  });

  it('lets a stage return to argmax', () => {
    const select = `${frame}search: { select: { bestOf: 8 } }
coarse: { space: s.yaml, select: argmax }
fine: { refine: r.yaml }
`;
    expect([settings(select).select, settings(select, 'fine').select]).toEqual(['argmax', { bestOf: 8 }]);
  });
});

describe("the controller's speed", () => {
  it('may be stated as logitTravel or as the equivalent learning rate', () => {
    const planned = (controller: string) =>
      schedule(scheduleSettings(settings(`${frame}${stages}search: { steps: 400, controller: ${controller} }\n`)));
    const { learningRate } = planned('{ logitTravel: 40 }');
    expect(planned(`{ learningRate: ${learningRate} }`).logitTravel).toBeCloseTo(40, 9);
  });

  it('is refused if stated in both ways, at the place of logitTravel', () => {
    const text = `${frame}search:
  controller:
    logitTravel: 40
    learningRate: 0.1
${stages}`;
    const both = 'expected either logitTravel or learningRate; got both';
    expect(mistakes(() => settings(text))).toEqual([`t.yaml:6:18: search.controller.logitTravel: ${both}`]);
    expect(
      mistakes(() => settings(`${frame}${stages}`, 'coarse', 'search.controller={logitTravel: 40, learningRate: 1}')),
    ).toEqual([`--set search.controller={logitTravel: 40, learningRate: 1}: search.controller.logitTravel: ${both}`]);
  });
});

describe('a warm-up that outlasts the delay', () => {
  it('is an error at its line, in the section that sets it', () => {
    const shared = `${frame}search:
  steps: 100
  controller:
    delay: 0.1
    opWarmup: 0.2
    filterWarmup: 0.1
${stages}`;
    expect(mistakes(() => settings(shared, 'fine'))).toEqual([
      't.yaml:8:15: search.controller.opWarmup: expected a warm-up that ends within the delay of 10 steps; got one of 20 steps',
    ]);
    const own = `${frame}search: { steps: 100 }
coarse: { space: s.yaml }
fine:
  refine: r.yaml
  controller: { delay: 0.1, opWarmup: 0.1, filterWarmup: 0.3 }
`;
    expect(settings(own).steps).toBe(100);
    expect(mistakes(() => settings(own, 'fine'))).toEqual([
      't.yaml:8:58: fine.controller.filterWarmup: expected a warm-up that ends within the delay of 10 steps; got one of 30 steps',
    ]);
  });

  it('that came from --set is reported there', () => {
    expect(mistakes(() => settings(`${frame}${stages}`, 'coarse', 'coarse.controller.opWarmup=0.5'))).toEqual([
      '--set coarse.controller.opWarmup=0.5: coarse.controller.opWarmup: expected a warm-up that ends within the delay of 250 steps; got one of 500 steps',
    ]);
  });

  it('is an error too if the learning rates of the weights never decay', () => {
    expect(mistakes(() => settings(frame + stages, 'coarse', 'search.steps=40', 'search.weights.warmup=1'))).toEqual([
      '--set search.weights.warmup=1: search.weights.warmup: expected a warm-up that ends before the last of 40 steps; got one of 40 steps',
    ]);
  });

  it('is an error too if the delay leaves no steps', () => {
    expect(mistakes(() => settings(`${frame}${stages}search: { steps: 10, controller: { delay: 1 } }\n`))).toEqual([
      't.yaml:6:43: search.controller.delay: expected a delay that leaves steps to learn in; got 10 of 10 steps',
    ]);
  });
});

it.each([
  ['search.steps=9007199254740991', 'a number of steps from 1 to 10000000'],
  ['search.samplesPerStep=1e9', 'a number of architectures from 1 to 10000'],
  ['search.weights.learningRate=1e300', 'a learning rate from 1e-9 to 1e30'],
  ['search.controller.temperature=1e-300', 'a number from 1e-9 to 1e9'],
  ['workers=1e6', 'a number of workers from 1 to 1024'],
  ['cost[0].target=1e300', 'a number of MACs from 1e-6 to 1e18'],
])('%s is refused, since no search could use it', (assignment, expected) => {
  const failure = failureOf(() => read(frame + stages, assignment));
  expect(failure.message).toContain(`--set ${assignment}: ${assignment.replace(/=.*/, '')}: expected ${expected}; got`);
});

describe('a reward that multiplies the quality', () => {
  const text = `${frame}search: { reward: mnas }\n${stages}`;
  const told = (place: string, reward: string) =>
    `${place}: expected absolute with the quality distillation, which is below 0; got ${reward}`;

  it('is refused with a quality below 0, at the place of the reward', () => {
    expect(mistakes(() => settings(text, 'fine', 'search.quality=distillation'))).toEqual([
      told('t.yaml:4:19: search.reward', 'mnas'),
    ]);
    const own = text.replace('{ refine: r.yaml }', '{ refine: r.yaml, quality: distillation, reward: mnas-hard }');
    expect(mistakes(() => settings(own, 'fine'))).toEqual([told('t.yaml:6:56: fine.reward', 'mnas-hard')]);
    expect(settings(own, 'coarse').reward).toBe('mnas');
  });

  it('that came from --set is reported there', () => {
    const set = ['search.quality=distillation', 'search.reward=mnas-hard'];
    expect(mistakes(() => settings(`${frame}${stages}`, 'coarse', ...set))).toEqual([
      told('--set search.reward=mnas-hard: search.reward', 'mnas-hard'),
    ]);
  });
});

it('an export in int8 is refused if no format has it', () => {
  const text = `${frame}${stages}train: { recipe: r.yaml }\nexport: { to: [tfjs, timm], int8: true }\n`;
  expect(mistakes(() => read(text))).toEqual([
    't.yaml:7:15: export.to: expected a format that has int8, onnx, litert or web; got ["tfjs","timm"]',
  ]);
});

describe('mistakes', () => {
  it('of a file are reported all at once, in its order, each at its line and column', () => {
    const text = `name: t x
dataset: { recipe: r.yaml, folder: set }
cost:
  - { cost: latency, device: pixel-6-cpu, targetMs: fast }
  - { cost: macs }
search:
  stepz: 5
  batch: 0
  weights: { optimizer: { kind: sgd } }
  select: { bestOf: 1 }
coarse: {}
`;
    expect(mistakes(() => read(text))).toEqual([
      't.yaml:1:7: name: expected a name of letters, digits, ., _ and -; got t x',
      't.yaml:2:28: dataset.folder: unknown key',
      't.yaml:4:53: cost[0].targetMs: expected a number of ms from 1e-6 to 1e18; got fast',
      't.yaml:5:5: cost[1]: expected either a target or relativeTo; got {"cost":"macs"}',
      't.yaml:7:3: search.stepz: unknown key; did you mean steps?',
      't.yaml:8:10: search.batch: expected a number of images from 1 to 1000000; got 0',
      't.yaml:9:33: search.weights.optimizer.kind: expected one of rmsProp, adamW; got sgd',
      't.yaml:10:21: search.select.bestOf: expected a number of architectures from 2 to 10000; got 1',
      't.yaml:11:9: coarse.space: missing; expected a file',
    ]);
  });

  it('of a missing section name the stage that asks for it', () => {
    expect(mistakes(() => settings(`${frame}coarse: { space: s.yaml }\n`, 'fine'))).toEqual([
      't.yaml: fine: missing; expected the settings of the fine stage',
    ]);
  });

  it('of --set are reported at their assignment', () => {
    expect(mistakes(() => read(frame + stages, 'search.stepz=5'))).toEqual([
      '--set search.stepz=5: search.stepz: unknown key; did you mean steps?',
    ]);
    expect(mistakes(() => read(frame + stages, 'seed=-1'))).toEqual([
      '--set seed=-1: seed: expected a seed from 0; got -1',
    ]);
  });

  it('of a file that is missing, not YAML, or empty are reported with its name', () => {
    expect(mistakes(() => readSearchConfig(join(folder, 'none.yaml')))).toEqual([
      'none.yaml: expected a readable file; got no such file (ENOENT)',
    ]);
    expect(mistakes(() => read('name: [a'))[0]).toMatch(/^t\.yaml:1:9: expected YAML; got: /);
    expect(mistakes(() => read(''))).toEqual(['t.yaml:1:1: expected a mapping; got null']);
    expect(mistakes(() => read('', 'seed=1'))).toEqual(['t.yaml:1:1: expected a mapping; got null']);
  });
});

it('files that a config names are relative to its folder', () => {
  expect(read(frame + stages).path('../a.yaml')).toBe(join(folder, '..', 'a.yaml'));
});
