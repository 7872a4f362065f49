/** Training of one real network, on patterns that it distinguishes after some steps. */
import { beforeAll, describe, expect, it } from 'vitest';
import { labelledBatches } from '#data/sets/labelled-batches';
import { oneProcess } from '#jobs/workers/collective';
import { disposeStatistics } from '#networks/nn/model';
import { backend, dispose, openBackend, readFloats } from '#networks/tensor/backend';
import { evaluate, testImages } from '#tasks/training/evaluate';
import { Trainee, type TrainingPlan, type TrainingStep, trainNetwork } from '#tasks/training/train-network';
import { lazySet } from '#test/data/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';
import { patternSource } from '#test/tasks/search/small-world';
import { smallNetwork } from './small-network.js';

const source = patternSource();
const batches = labelledBatches(source, { seed: 1, batch: 24, augment: {}, labelSmoothing: 0 });
const adamW = { kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0 } as const;
const plan: TrainingPlan = {
  from: 0,
  steps: 60,
  warmupSteps: 3,
  learningRate: 0.02,
  l2: 1e-5,
  dropout: 0,
  stochasticDepth: 0,
  seed: 1,
  microBatches: 1,
};

beforeAll(() => void openBackend({ threads: 1 }));

async function trained(changes: Partial<TrainingPlan> = {}, trainee = new Trainee(smallNetwork(), adamW, 1)) {
  const steps: TrainingStep[] = [];
  await trainNetwork(trainee, { ...plan, ...changes }, batches, oneProcess, async (step) => steps.push(step) > 0);
  return { trainee, steps };
}

describe('training', () => {
  it('learns the patterns: the loss falls from ln 3, and all test images are classified correctly', async () => {
    const { trainee, steps } = await trained();
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(steps[0]?.loss).toBeGreaterThan(0.7);
    expect(steps.at(-1)?.loss).toBeLessThan(0.1);
    const statistics = await trainee.statistics(batches, 8);
    const found = await evaluate(testImages(source), (batch) =>
      trainee.model.logits(trainee.forward, batch, statistics),
    );
    disposeStatistics(statistics);
    trainee.dispose();
    expect(found.top1).toBe(1);
    expect(found.loss).toBeLessThan(0.2);
  });

  it('warms up to its learning rate and decays from it', async () => {
    const { trainee, steps } = await trained({ steps: 12 });
    trainee.dispose();
    const rates = steps.map(({ learningRate }) => learningRate);
    expect(Math.max(...rates)).toBe(0.02);
    expect(rates.indexOf(0.02)).toBe(2);
    expect(rates.at(-1)).toBeLessThan(0.002);
  });

  it('of one seed gives one result, with dropout too; of another seed another', async () => {
    const losses = async (seed: number) => {
      const trainee = new Trainee(smallNetwork(), adamW, seed);
      const { steps } = await trained({ steps: 5, dropout: 0.3, seed }, trainee);
      trainee.dispose();
      return steps.map(({ loss }) => loss);
    };
    const first = await losses(1);
    expect(await losses(1)).toEqual(first);
    expect(await losses(2)).not.toEqual(first);
  });

  it('in micro-batches has the mean of their losses, each normalised by itself', async () => {
    const halves = labelledBatches(source, { seed: 1, batch: 12, augment: {}, labelSmoothing: 0 });
    const trainee = new Trainee(smallNetwork(), adamW, 1);
    const parts = await Promise.all([0, 1].map((k) => halves.at(k)));
    const losses = parts.map((part) => {
      const { loss, gradient } = trainee.model.gradient(trainee.forward, part);
      dispose(gradient);
      return loss;
    });
    const steps: TrainingStep[] = [];
    await trainNetwork(
      trainee,
      { ...plan, l2: 0, microBatches: 2 },
      halves,
      oneProcess,
      async (step) => steps.push(step) < 1,
    );
    trainee.dispose();
    expect(steps[0]?.loss).toBeCloseTo((losses[0]! + losses[1]!) / 2, 6);
    const whole = await trained({ steps: 1 });
    whole.trainee.dispose();
    expect(whole.steps[0]?.loss).not.toBeCloseTo(steps[0]!.loss, 4);
  });

  it('has the same bits with images that are loaded while a step is computed', async () => {
    const options = { seed: 1, batch: 12, augment: { shift: 1, mixup: { alpha: 1 } }, labelSmoothing: 0 };
    const weights = [];
    for (const images of [source, lazySet(source)]) {
      const trainee = new Trainee(smallNetwork(), adamW, 1);
      await trainNetwork(
        trainee,
        { ...plan, steps: 6, microBatches: 2 },
        labelledBatches(images, options),
        oneProcess,
        async () => true,
      );
      weights.push(trainee.save());
      trainee.dispose();
    }
    expect(weights[1]).toEqual(weights[0]);
  });

  it('resumes from a saved state as if it had never stopped', async () => {
    const whole = await trained({ steps: 10 });
    const stopping = new Trainee(smallNetwork(), adamW, 1);
    await trainNetwork(stopping, { ...plan, steps: 10 }, batches, oneProcess, async ({ step }) => step < 3); // 4 steps
    const saved = stopping.save();
    stopping.dispose();
    const resumed = new Trainee(smallNetwork(), adamW, 99);
    resumed.restore(saved);
    const { steps } = await trained({ from: 4, steps: 10 }, resumed);
    expect(steps.map(({ step }) => step)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(resumed.save()).toEqual(whole.trainee.save());
    resumed.dispose();
    whole.trainee.dispose();
  });

  it('leaves no tensor behind', async () => {
    (await trained({ steps: 3 })).trainee.dispose();
    const before = backend().tensorsAlive();
    const { trainee } = await trained({ steps: 20 });
    disposeStatistics(await trainee.statistics(batches, 2));
    trainee.dispose();
    expect(backend().tensorsAlive() - before).toBeLessThan(20); // steps; constants are made once
  });
});

describe('a training with a moving average of the weights', () => {
  const ema = { decay: 0.8 };
  const averaging = (seed = 1) => new Trainee(smallNetwork(), adamW, seed, ema);

  it('moves the weights as one without it does, and averages them after each step', async () => {
    const plain = await trained({ steps: 6 });
    const trainee = averaging();
    const average = Float64Array.from(trainee.model.weights.values());
    expect(trainee.result.weights.values()).toEqual(trainee.model.weights.values());
    await trainNetwork(trainee, { ...plan, steps: 6 }, batches, oneProcess, async ({ step }) => {
      const kept = Math.min(0.8, (2 + step) / (11 + step));
      for (const [i, weight] of trainee.model.weights.values().entries()) {
        average[i] = kept * average[i]! + (1 - kept) * weight;
      }
      expectClose(trainee.result.weights.values(), Float32Array.from(average), 1e-5);
      return true;
    });
    expect(trainee.model.weights.values()).toEqual(plain.trainee.model.weights.values());
    expect(plain.trainee.result).toBe(plain.trainee.model);
    trainee.dispose();
    plain.trainee.dispose();
  });

  it('estimates the batch-norm statistics of the average', async () => {
    const { trainee } = await trained({ steps: 6 }, averaging());
    const alone = new Trainee(smallNetwork(), adamW, 2);
    alone.model.weights.write(trainee.result.weights.values());
    const valuesOf = async (one: Trainee) => {
      const statistics = await one.statistics(batches, 2);
      const values = [...statistics.values()].flatMap(({ mean, variance }) => [readFloats(mean), readFloats(variance)]);
      disposeStatistics(statistics);
      one.dispose();
      return values;
    };
    expect(await valuesOf(trainee)).toEqual(await valuesOf(alone));
  });

  it('resumes from a saved state as if it had never stopped', async () => {
    const whole = await trained({ steps: 10 }, averaging());
    const stopping = averaging();
    await trainNetwork(stopping, { ...plan, steps: 10 }, batches, oneProcess, async ({ step }) => step < 3);
    const saved = stopping.save();
    stopping.dispose();
    expect([...saved.keys()].filter((name) => name.startsWith('average/'))).not.toEqual([]);
    const resumed = averaging(99);
    resumed.restore(saved);
    await trained({ from: 4, steps: 10 }, resumed);
    expect(resumed.save()).toEqual(whole.trainee.save());
    resumed.dispose();
    whole.trainee.dispose();
  });

  it('leaves no tensor behind', async () => {
    (await trained({ steps: 3 }, averaging())).trainee.dispose();
    const before = backend().tensorsAlive();
    (await trained({ steps: 20 }, averaging())).trainee.dispose();
    expect(backend().tensorsAlive() - before).toBeLessThan(20); // steps; constants are made once
  });
});

it('a state of another network is refused', () => {
  const trainee = new Trainee(smallNetwork(), adamW, 1);
  expect(() => trainee.restore(new Map())).toThrow(/the saved state has no weights\/.* of that size/);
  trainee.dispose();
});
