import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { add } from '#jobs/workers/host/host-collective';
import type { Vector } from '#jobs/workers/host/messages';
import { disposeStatistics } from '#networks/nn/model';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import { parseSpace } from '#networks/space/parse';
import { isFilterChoice } from '#networks/space/space';
import { backend, dispose } from '#networks/tensor/backend';
import { type Selection, superForward } from '#tasks/search/supernet/super-forward';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { byName, randomBatch, taken } from '#test/networks/nn/fixtures';
import { allDecisions } from '#test/networks/space/random-space';
import { expectClose } from '#test/networks/tensor/op-check';

const space = parseSpace(
  'test.yaml',
  `
name: test
input: { resolution: 8, channels: 1 }
classes: 4
activation: relu
stages:
  - out: [8, 16]
    blocks:
      - { kind: conv, kernel: 3, stride: 2 }
      - { kind: uib, startKernel: [0, 3], midKernel: [3, 5], expand: 2, optional: true }
head: { conv: 24, hidden: 0 }
`,
);
const optimizer: OptimizerSpec = { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 };
const makeNet = () => new SuperNet(space, { seed: 'seed', optimizer, l2: 4e-5 });
const batch = (name: string) => randomBatch(space, 8, name);
const [small, large]: [Selection, Selection] = [{ decisions: [0, 1, 0, 1] }, { decisions: [1, 1, 1, 0] }];

describe('a step of the SuperNet', () => {
  it('with one selection moves the weights by one optimizer update for that gradient, L2 included', async () => {
    const net = makeNet();
    const before = net.model.weights.values();
    const { loss, gradient } = net.model.gradient(superForward(space, small), batch('a'), { decay: 4e-5 });
    const g = taken(gradient, dispose);
    expect(await net.trainStep([small], [batch('a')], 0, 0.1)).toBe(loss);
    const expected = before.map((w, i) => w - (0.1 * g[i]!) / Math.sqrt(0.9 + 0.1 * g[i]! ** 2 + 1));
    expectClose(net.model.weights.values(), expected, 1e-6);
    net.dispose();
  });

  it('with several selections uses the mean of their gradients and losses, each on its own batch', async () => {
    const net = makeNet();
    const parts = [[small, batch('a')] as const, [large, batch('b')] as const].map(([selection, images]) => {
      const { loss, gradient } = net.model.gradient(superForward(space, selection), images, { decay: 4e-5 });
      return { loss, gradient: taken(gradient, dispose) };
    });
    const before = net.model.weights.values();
    const loss = await net.trainStep([small, large], [batch('a'), batch('b')], 0, 0.1);
    expect(loss).toBeCloseTo((parts[0]!.loss + parts[1]!.loss) / 2, 6);
    const mean = parts[0]!.gradient.map((value, i) => (value + parts[1]!.gradient[i]!) / 2);
    const expected = before.map((w, i) => w - (0.1 * mean[i]!) / Math.sqrt(0.9 + 0.1 * mean[i]! ** 2 + 1));
    expectClose(net.model.weights.values(), expected, 1e-6);
    net.dispose();
  });

  it('on two workers with half of the selections each moves the weights like one that takes both in turn', async () => {
    const alone = makeNet();
    const loss = await alone.trainStep([small, large], [batch('a'), batch('b')], 0, 0.1);
    const others: Vector[] = [];
    const noting = async (values: Vector) => void others.push(values.slice());
    const scout = makeNet();
    await scout.trainStep([large], [batch('b')], 0, 0.1, { of: 2, reducer: { allReduce: noting } });
    const net = makeNet();
    const allReduce = async (values: Vector) => add(values, others.shift()!);
    expect(await net.trainStep([small], [batch('a')], 0, 0.1, { of: 2, reducer: { allReduce } })).toBe(loss);
    expect(net.model.weights.values()).toEqual(alone.model.weights.values());
    for (const each of [alone, scout, net]) each.dispose();
  });

  it('moves unused weights only by their momentum', async () => {
    const net = makeNet();
    await net.trainStep([large], [batch('a')], 0, 0.1);
    const [before, momentum] = [net.model.weights.values(), net.optimizer.slots.get('momentum')!.values()];
    await net.trainStep([small], [batch('b')], 1, 0.1);
    const moved = byName(net.model.layout, net.model.weights.values());
    const expected = byName(
      net.model.layout,
      before.map((w, i) => w - 0.9 * momentum[i]!),
    );
    const unused = 'stages.0.blocks.1.start3.kernel'; // only in the large selection
    expect(moved.get(unused)).not.toEqual(byName(net.model.layout, before).get(unused));
    expectClose(moved.get(unused)!, expected.get(unused)!, 1e-6);
    net.dispose();
  });

  it('learns: on one batch the loss of every sub-network falls', async () => {
    const net = makeNet();
    const losses: number[] = [];
    for (let step = 0; step < 40; step++) {
      losses.push(await net.trainStep([[small, large][step % 2]!], [batch('a')], step, 0.05));
    }
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[1]!);
    expect(losses.at(-2)).toBeLessThan(0.8 * losses[0]!);
    net.dispose();
  });
});

describe('logits with statistics', () => {
  it('are those of the model with the statistics of the given batches, freed even on an exception', async () => {
    const net = makeNet();
    const batches = [batch('a'), batch('b')];
    const forward = superForward(space, small);
    const statistics = await net.model.estimateStatistics(forward, batches);
    const expected = net.model.logits(forward, batch('c'), statistics);
    disposeStatistics(statistics);
    const before = backend().tensorsAlive();
    expect(await net.withStatistics(small, batches, (logits) => logits(batch('c')))).toEqual(expected);
    const failing = () => {
      throw new Error('on purpose');
    };
    await expect(net.withStatistics(small, batches, failing)).rejects.toThrow('on purpose');
    expect(backend().tensorsAlive()).toBe(before);
    expect(net.logits(small, batch('c'))).not.toEqual(expected);
    net.dispose();
  });
});

describe('the memory of a SuperNet', () => {
  it('holds as many tensors after 300 steps with random selections as after 5', async () => {
    const net = makeNet();
    const random = randomStream('selections');
    const allOn = space.choices.map((choice) => !isFilterChoice(choice));
    const oneStep = async (selection: Selection, step: number) => {
      await net.trainStep([selection, small], [batch('a'), batch('b')], step, 0.01);
      net.logits(selection, batch('c'));
    };
    for (const decisions of allDecisions(space)) {
      await oneStep({ decisions }, 0);
      await oneStep({ decisions, allOn }, 0);
    }
    const alive: number[] = [];
    for (let step = 1; step <= 300; step++) {
      const decisions = space.choices.map(({ options }) => random.below(options.length));
      await oneStep(step % 3 === 0 ? { decisions, allOn } : { decisions }, step);
      alive.push(backend().tensorsAlive());
    }
    expect(new Set(alive.slice(4)).size).toBe(1);
    net.dispose();
  });

  it('is freed by its disposal', () => {
    makeNet().dispose();
    const before = backend().tensorsAlive();
    makeNet().dispose();
    expect(backend().tensorsAlive()).toBe(before);
  });
});
