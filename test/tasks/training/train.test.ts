/** A whole training in its run folder. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseOverride } from '#core/documents/overrides';
import { randomStream } from '#core/random';
import type { ImageSet } from '#data/images/image-source';
import { type InMemorySource, inMemorySource } from '#data/images/in-memory';
import { readEvents } from '#jobs/runs/event-log';
import { trainingEventSchema } from '#jobs/runs/run-events';
import { readTrainingResult } from '#jobs/runs/run-result';
import { readState } from '#jobs/runs/run-state';
import { oneWorker } from '#jobs/workers/launcher';
import { readNetwork } from '#networks/space/parse';
import { openBackend } from '#networks/tensor/backend';
import { evaluate, testImages } from '#tasks/training/evaluate';
import { readTrainingRecipe } from '#tasks/training/recipe';
import { train } from '#tasks/training/train';
import { readTrainedNetwork } from '#tasks/training/trained-network';
import { failureOfAsync, newFolder, tinySource, writeIdxFolder } from '#test/data/fixtures';
import { patternSource, smallWorld } from '#test/tasks/search/small-world';
import { silent, smallNetworkText, smallTraining, writeSmallTraining } from './small-network.js';

const folder = writeSmallTraining(newFolder());

beforeAll(() => void openBackend({ threads: 1 }));

interface Attempt {
  readonly root?: string;
  readonly set?: readonly string[];
  readonly network?: string;
  readonly recipe?: string;
  readonly extend?: boolean;
  readonly shouldStop?: () => boolean;
  readonly warn?: (line: string) => void;
}

async function training({ root = newFolder(), set = [], network, recipe, extend, shouldStop, warn }: Attempt = {}) {
  const evaluation = await train(
    readNetwork(network ?? join(folder, 'small.yaml')),
    readTrainingRecipe(
      recipe ?? join(folder, 'small.train.yaml'),
      set.map((assignment) => parseOverride(assignment)),
    ),
    {
      context: {
        environment: {},
        workers: oneWorker,
        observer: { ...silent, ...(warn && { warn }) },
        shouldStop: shouldStop ?? (() => false),
        clock: () => 0,
      },
      root,
      id: 'a',
      resume: 'allow',
      extend,
    },
  );
  return { folder: join(root, 'a'), evaluation };
}

/** Makes images of 6 rows and 11 columns, striped along the rows or along the columns under noise. */
function stripes(): ImageSet<InMemorySource> {
  const random = randomStream('stripes');
  const part = (n: number) => {
    const images = new Uint8Array(n * 66);
    const labels = Uint8Array.from({ length: n }, (_, i) => i % 2);
    images.forEach((_, i) => {
      const place = labels[Math.floor(i / 66)] === 0 ? Math.floor((i % 66) / 11) : (i % 66) % 11;
      images[i] = 80 * (place % 2) + random.below(60);
    });
    return inMemorySource([6, 11, 1], { images, labels });
  };
  const classNames = ['rows', 'columns'];
  return {
    name: 'stripes',
    classNames,
    provenance: 'made up',
    train: part(240),
    test: part(40),
  };
}

const bytes = (run: string, name: string) => readFileSync(join(run, name), 'utf8');

describe('a training', () => {
  it('warns about odd images before it refuses them', async () => {
    const fromOne = ({ shape, images, labels }: InMemorySource) =>
      inMemorySource(shape, { images, labels: labels.map((label) => label + 1) });
    const { train, test, ...source } = patternSource();
    mkdirSync(join(folder, 'from-one'));
    writeIdxFolder(join(folder, 'from-one'), { ...source, train: fromOne(train), test: fromOne(test) });
    const warnings: string[] = [];
    const set = ['data.source.folder=from-one'];
    const failure = await failureOfAsync(() => training({ set, warn: (line) => warnings.push(line) }));
    expect(failure.message).toContain('3 classes; got 8x8x1 and 4 classes');
    expect(warnings).toEqual(['from-one: no train image has the class 0; if labels count from 1, set firstLabel: 1']);
    expect(await training({ set: [...set, 'data.source.firstLabel=1'] })).toHaveProperty('evaluation.split', 'test');
  });

  it('writes a network whose evaluation matches its result', async () => {
    const { folder: run, evaluation } = await training();
    expect(readState(run)).toMatchObject({ stage: 'train', status: 'done', step: 20, steps: 20 }); // 2 x 240 / 24
    expect(readEvents(join(run, 'events.jsonl')).map(({ step }) => step)).toEqual([4, 8, 12, 16, 20]);
    for (const event of readEvents(join(run, 'events.jsonl'))) expect(trainingEventSchema.parse(event)).toEqual(event);
    expect(readTrainingResult(run)).toEqual(JSON.parse(bytes(run, 'result.json')));
    expect(readTrainingResult(run)).toMatchObject({ quality: evaluation?.top1, test: evaluation });
    expect(evaluation).toMatchObject({ split: 'test', n: 36 });
    const { byClass, weights } = readTrainingResult(run);
    expect(weights).toBe('last');
    expect(byClass?.classes.map(({ name, n }) => [name, n])).toEqual(['0', '1', '2'].map((name) => [name, 12]));
    expect(byClass?.matrix?.map((row) => row.reduce((sum, n) => sum + n, 0))).toEqual([12, 12, 12]);
    expect(existsSync(join(run, 'confusion.csv'))).toBe(false);
    const read = readTrainedNetwork(run);
    expect(
      await evaluate(testImages(patternSource()), (batch) => read.model.logits(read.forward, batch, read.statistics)),
    ).toEqual(evaluation);
    read.dispose();
  });

  it('of more than 20 classes writes its confusion matrix to a file, which an extension removes', async () => {
    const folder = newFolder();
    writeIdxFolder(folder, tinySource([8, 8, 1], 21, 4, 2));
    writeFileSync(join(folder, 'small.train.yaml'), smallTraining);
    writeFileSync(join(folder, 'many.yaml'), smallNetworkText.replace('classes: 3', 'classes: 21'));
    const [network, recipe, root] = [join(folder, 'many.yaml'), join(folder, 'small.train.yaml'), newFolder()];
    const { folder: run, evaluation } = await training({ root, network, recipe });
    const { byClass } = readTrainingResult(run);
    expect(byClass?.classes).toHaveLength(21);
    expect(byClass).not.toHaveProperty('matrix');
    const rows = bytes(run, 'confusion.csv').trimEnd().split('\n').slice(1);
    const counts = rows.map((row) => row.split(',').slice(1).map(Number));
    expect(counts.flat()).toHaveLength(21 ** 2);
    expect(counts.reduce((sum, row, i) => sum + row[i]!, 0)).toBe(Math.round(evaluation!.top1 * 42));
    const stopped = { root, network, recipe, set: ['epochs=3'], extend: true, shouldStop: () => true };
    await failureOfAsync(() => training(stopped));
    expect(existsSync(join(run, 'confusion.csv'))).toBe(false);
  });

  it('that was stopped ends, run again, like one that was not', async () => {
    const whole = await training();
    const root = newFolder();
    let asked = 0;
    const failure = await failureOfAsync(() => training({ root, shouldStop: () => ++asked === 7 }));
    expect([failure.kind, failure.message]).toEqual(['stopped', 'stopped on request after step 7 of 20']);
    expect(readState(join(root, 'a'))).toMatchObject({ status: 'stopped', step: 7 });
    const { folder: run, evaluation } = await training({ root });
    expect(evaluation).toEqual(whole.evaluation);
    for (const name of ['weights.safetensors', 'architecture.yaml', 'result.json']) {
      expect(bytes(run, name)).toBe(bytes(whole.folder, name));
    }
  });

  it('with a moving average evaluates and writes that, and ends the same if it was stopped', async () => {
    const set = ['ema.decay=0.9'];
    const [plain, whole] = [await training(), await training({ set })];
    const root = newFolder();
    let asked = 0;
    await failureOfAsync(() => training({ root, set, shouldStop: () => ++asked === 7 }));
    const { folder: run, evaluation } = await training({ root, set });
    expect(evaluation).toEqual(whole.evaluation);
    for (const name of ['weights.safetensors', 'architecture.yaml', 'result.json']) {
      expect(bytes(run, name)).toBe(bytes(whole.folder, name));
    }
    const read = readTrainedNetwork(run);
    expect(
      await evaluate(testImages(patternSource()), (batch) => read.model.logits(read.forward, batch, read.statistics)),
    ).toEqual(evaluation);
    read.dispose();
    expect(bytes(run, 'weights.safetensors')).not.toBe(bytes(plain.folder, 'weights.safetensors'));
    expect(readTrainingResult(run).weights).toBe('average');
    const losses = (folder: string) => readEvents(join(folder, 'events.jsonl')).map(({ loss }) => loss);
    expect(losses(run)).toEqual(losses(plain.folder));
  });

  it('on images that are not square learns them, and refuses transposed images', async () => {
    const folder = newFolder();
    writeIdxFolder(folder, stripes());
    writeFileSync(join(folder, 'small.train.yaml'), smallTraining);
    const network = (resolution: string) => {
      const file = join(folder, 'wide.yaml');
      writeFileSync(
        file,
        smallNetworkText.replace('resolution: 8', `resolution: ${resolution}`).replace('classes: 3', 'classes: 2'),
      );
      return file;
    };
    const recipe = join(folder, 'small.train.yaml');
    const { evaluation } = await training({ network: network('{ height: 6, width: 11 }'), recipe, set: ['epochs=4'] });
    expect(evaluation?.top1).toBe(1);
    const failure = await failureOfAsync(() => training({ network: network('{ height: 11, width: 6 }'), recipe }));
    expect(failure.message).toBe('small: expected images of 11x6x1 and 2 classes; got 6x11x1 and 2 classes');
  });

  it('that is done is left unchanged', async () => {
    const root = newFolder();
    await training({ root });
    expect((await training({ root })).evaluation).toBeUndefined();
    expect(readState(join(root, 'a')).status).toBe('done');
  });

  it('continues to more epochs only with --extend', async () => {
    const root = newFolder();
    const before = await training({ root });
    const set = ['epochs=3'];
    const failure = await failureOfAsync(() => training({ root, set }));
    expect(failure.message).toBe(`${join(root, 'a', 'config.yaml')}: epochs: was 2, is 3`);
    const { folder: run, evaluation } = await training({ root, set, extend: true });
    expect(readState(run)).toMatchObject({ status: 'done', step: 30, extensions: [{ step: 20, steps: 20 }] });
    expect(readEvents(join(run, 'events.jsonl')).map(({ step }) => step)).toEqual([4, 8, 12, 16, 20, 24, 28, 30]);
    expect(evaluation).not.toEqual(before.evaluation);
    expect(JSON.parse(bytes(run, 'result.json')).test).toEqual(evaluation);
  });

  it("also learns from a distillation set, by the teacher's labels", async () => {
    const world = await smallWorld();
    const recipe = join(world, 'set.train.yaml');
    writeFileSync(
      recipe,
      'name: t\ndata: { folder: set }\nepochs: 1\nbatch: 24\noptimizer: { kind: adamW }\nlearningRate: 0.02\nstatisticsBatches: 2\n',
    );
    const { folder: run, evaluation } = await training({ recipe });
    expect(readState(run).steps).toBe(18); // 432 rows
    expect(evaluation).toMatchObject({ split: 'test', n: 36 });
  });

  it('that diverges ends as a mistake in the recipe', async () => {
    const failure = await failureOfAsync(() => training({ set: ['learningRate=1e30'] }));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      expect.stringMatching(/^training diverged: .+ at step \d+$/),
    ]);
  });

  it('of a network for other images is refused before a run is made', async () => {
    const other = join(folder, 'other.yaml');
    writeFileSync(other, smallNetworkText.replace('classes: 3', 'classes: 10'));
    const failure = await failureOfAsync(() => training({ network: other }));
    expect([failure.kind, failure.message]).toEqual([
      'config',
      'small: expected images of 8x8x1 and 10 classes; got 8x8x1 and 3 classes',
    ]);
  });
});
