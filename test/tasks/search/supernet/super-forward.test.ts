import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { block } from '#networks/nn/blocks/block';
import { head } from '#networks/nn/blocks/head';
import { Model } from '#networks/nn/model';
import { type Forward, networkForward, weightLayout } from '#networks/nn/network';
import type { Pass } from '#networks/nn/pass';
import type { UibSpec } from '#networks/space/block';
import { parseSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { close, type Decisions, isFilterChoice, type Space } from '#networks/space/space';
import { dispose } from '#networks/tensor/backend';
import { mean } from '#networks/tensor/ops/combine';
import type { Features } from '#networks/tensor/tape';
import { superForward, superLayout } from '#tasks/search/supernet/super-forward';
import { network, randomBatch, randomWeights, taken } from '#test/networks/nn/fixtures';
import { decisionsOf, randomSpace } from '#test/networks/space/random-space';
import { expectClose } from '#test/networks/tensor/op-check';
import { type Comparison, compare } from './sub-network.js';

const space = parseSpace(
  'test.yaml',
  `
name: test
input: { resolution: 12, channels: 2 }
classes: 5
activation: relu
layerScale: true
stages:
  - blocks:
      - { kind: conv, kernel: [3, 5], stride: 2, out: [8, 24, 16] }
  - out: [16, 32, 24]
    blocks:
      - { kind: uib, startKernel: [0, 3], midKernel: [3, 5], stride: 2, expand: [2, 4, 3] }
      - { kind: uib, startKernel: [0, 3, 5], midKernel: [0, 3, 5], expand: [2, 3], optional: true }
      - oneOf:
          - { kind: uib, startKernel: 5, midKernel: [0, 3], expand: 2 }
          - { kind: fusedIb, kernel: [3, 5], expand: [1, 2] }
          - { kind: mqa, heads: 2, keyDim: 8, kvStride: 2 }
        optional: true
      - { kind: uib, startKernel: 3, midKernel: 0, expand: 2 }
head: { conv: [40, 48], hidden: 32 }
`,
);

function superModel(space: Space): Model {
  const model = new Model(space, superLayout(space), 'seed');
  model.weights.write(randomWeights(model.layout));
  return model;
}

function drawn(count: number): Decisions[] {
  const random = randomStream('decisions');
  return Array.from({ length: count }, () => space.choices.map(({ options }) => random.below(options.length)));
}

describe('a sliced sub-network', () => {
  const model = superModel(space);
  const compared = new Map<Decisions, Comparison>();
  const batch = randomBatch(space, 8);
  for (const decisions of drawn(24)) compared.set(decisions, compare(space, decisions, model, batch, { decay: 0.01 }));
  const worst = (measure: (comparison: Comparison) => number) => Math.max(...[...compared.values()].map(measure));

  it('has the logits, the loss and the gradients of the stand-alone network with copied weights', () => {
    const table = (['logits', 'loss', 'gradients'] as const).map((what) => ({
      what,
      absolute: worst((comparison) => comparison[what].absolute),
      relative: worst((comparison) => comparison[what].relative),
    }));
    const lines = table.map(
      ({ what, absolute, relative }) =>
        `${what} ${absolute.toPrecision(3)} absolute, ${relative.toPrecision(3)} relative`,
    );
    console.log(`largest differences over ${compared.size} sub-networks: ${lines.join('; ')}`);
    for (const { relative } of table) expect(relative).toBeLessThan(1e-6);
  });

  it('has gradients of exactly zero outside its slices', () => {
    expect(worst(({ outside }) => outside)).toBe(0);
  });

  it('has the same property in random spaces', () => {
    const pairs = randomSpace.chain((random) => fc.tuple(fc.constant(random), decisionsOf(random)));
    fc.assert(
      fc.property(pairs, ([random, decisions]) => {
        const shared = superModel(random);
        const { logits, gradients, outside } = compare(random, decisions, shared, randomBatch(random, 3), {
          decay: 0.01,
        });
        shared.dispose();
        expect(Math.max(logits.relative, gradients.relative)).toBeLessThan(1e-6);
        expect(outside).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});

describe('the shared weights', () => {
  it('have the largest widths, even if the list is not sorted, and a kernel and BN for every option', () => {
    const { specs } = superLayout(space);
    const shape = (name: string) => specs.get(name)?.shape;
    expect(shape('stages.0.blocks.0.conv3.kernel')).toEqual([3, 3, 2, 24]);
    expect(shape('stages.0.blocks.0.conv5.kernel')).toEqual([5, 5, 2, 24]);
    expect(shape('stages.1.blocks.0.start3.kernel')).toEqual([3, 3, 24, 1]);
    expect(shape('stages.1.blocks.0.expand.kernel')).toEqual([24, 96]);
    expect(shape('stages.1.blocks.0.mid3.bn.gamma')).toEqual([96]);
    expect(shape('stages.1.blocks.0.mid5.bn.gamma')).toEqual([96]);
    expect(shape('stages.1.blocks.0.project.kernel')).toEqual([96, 32]);
    expect(shape('stages.1.blocks.2.option0.start5.kernel')).toEqual([5, 5, 32, 1]);
    expect(shape('stages.1.blocks.2.option1.expand5.kernel')).toEqual([5, 5, 32, 64]);
    expect(shape('stages.1.blocks.2.option2.query.kernel')).toEqual([32, 16]);
    expect(shape('stages.1.blocks.2.option2.key.down3.kernel')).toEqual([3, 3, 32, 1]);
    expect(shape('stages.1.blocks.2.option2.layerScale')).toEqual([32]);
    expect(shape('head.conv.kernel')).toEqual([32, 48]);
    expect(shape('head.fc.kernel')).toEqual([32, 5]);
  });

  it('of a space without choices are those of its only network', () => {
    const closed = close(space, drawn(1)[0]!);
    expect(superLayout(asSpace(closed))).toEqual(weightLayout(closed, networkForward(closed)));
  });

  it('are as large as any head requires, also if a layer of the head may be absent', () => {
    const head = (conv: string, hidden: string) => {
      const blocks = 'stages: [{ blocks: [{ kind: conv, kernel: 3, out: 24 }] }]';
      const frame = 'name: test\ninput: { resolution: 8, channels: 2 }\nclasses: 4\nactivation: relu';
      const { specs } = superLayout(
        parseSpace('test.yaml', `${frame}\n${blocks}\nhead: { conv: ${conv}, hidden: ${hidden} }`),
      );
      return ['conv', 'hidden', 'fc'].map((layer) => specs.get(`head.${layer}.kernel`)?.shape);
    };
    expect(head('[0, 16]', '[8, 0]')).toEqual([
      [24, 16],
      [24, 8],
      [24, 4],
    ]);
    expect(head('[0, 32]', '8')).toEqual([
      [24, 32],
      [32, 8],
      [8, 4],
    ]);
    expect(head('0', '[0, 40]')).toEqual([undefined, [24, 40], [40, 4]]);
  });

  it('hold the weights of every network of the space, in random spaces', () => {
    const pairs = randomSpace.chain((random) => fc.tuple(fc.constant(random), decisionsOf(random)));
    fc.assert(
      fc.property(pairs, ([random, decisions]) => {
        const shared = superLayout(random).specs;
        for (const { name, shape } of weightLayout(random, superForward(random, { decisions })).specs.values()) {
          const full = shared.get(name)!.shape;
          for (const [axis, extent] of shape.entries()) expect(extent, name).toBeLessThanOrEqual(full[axis]!);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('warm-up, all options on', () => {
  const frame = network(
    'stages: [{ blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }] }]\nhead: { conv: 0, hidden: 0 }',
  );
  const stem = { kind: 'conv', kernel: 3, stride: 2, out: 8 } as const;
  const open = (blockYaml: string) =>
    parseSpace(
      'test.yaml',
      `
name: test
input: { resolution: 8, channels: 2 }
classes: 4
activation: relu
stages: [{ blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }, ${blockYaml}] }]
head: { conv: 0, hidden: 0 }
`,
    );
  const uib: UibSpec = { kind: 'uib', startKernel: 3, midKernel: 5, stride: 1, expand: 2, out: 8 };
  const at = 'stages.0.blocks.1';

  /** Expects that the selection with every op choice on computes `byHand` after the stem, gradients included. */
  function expectAllOn(space: Space, byHand: (pass: Pass, x: Features) => Features): void {
    const model = superModel(space);
    const batch = randomBatch(space, 6);
    const decisions = space.choices.map(() => 0);
    const allOn = space.choices.map((choice) => !isFilterChoice(choice));
    const found = superForward(space, { decisions, allOn });
    const expected: Forward = (pass, images) =>
      head(pass, frame.head, frame.classes, byHand(pass, block(pass, 'stages.0.blocks.0', stem, images)));
    expectClose(model.logits(found, batch), model.logits(expected, batch), 1e-6);
    const gradients = [found, expected].map((forward) => taken(model.gradient(forward, batch).gradient, dispose));
    expectClose(gradients[0]!, gradients[1]!, 1e-6);
    model.dispose();
  }

  it('of a skip is the mean of the block and the identity', () => {
    const space = open('{ kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 8, optional: true }');
    expectAllOn(space, (pass, x) => mean(pass.tape, [x, block(pass, at, uib, x)]));
  });

  it('of oneOf is the mean of its blocks', () => {
    const space = open(
      '{ oneOf: [{ kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 8 }, { kind: fusedIb, kernel: 3, expand: 2, out: 8 }] }',
    );
    const fused = { kind: 'fusedIb', kernel: 3, stride: 1, expand: 2, out: 8 } as const;
    expectAllOn(space, (pass, x) =>
      mean(pass.tape, [block(pass, `${at}.option0`, uib, x), block(pass, `${at}.option1`, fused, x)]),
    );
  });

  it('of both is the mean of the identity and the mean of the blocks', () => {
    const space = open(
      '{ oneOf: [{ kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 8 }, { kind: fusedIb, kernel: 3, expand: 2, out: 8 }], optional: true }',
    );
    const fused = { kind: 'fusedIb', kernel: 3, stride: 1, expand: 2, out: 8 } as const;
    expectAllOn(space, (pass, x) => {
      const blocks = [block(pass, `${at}.option0`, uib, x), block(pass, `${at}.option1`, fused, x)];
      return mean(pass.tape, [x, mean(pass.tape, blocks)]);
    });
  });

  it('of depthwise kernels is the mean of the layers, in one pass through the shared 1x1 layers', () => {
    const space = open('{ kind: uib, startKernel: [0, 3, 5], midKernel: [0, 3, 5], expand: 2, out: 8 }');
    expectAllOn(space, (pass, x) => block(pass, at, { ...uib, startKernel: [0, 3, 5], midKernel: [0, 3, 5] }, x));
  });

  it('leaves the other choices as decided', () => {
    const space = open('{ kind: uib, startKernel: [0, 3], midKernel: [3, 5], expand: [2, 4], out: 8 }');
    const model = superModel(space);
    const batch = randomBatch(space, 6);
    const found = superForward(space, { decisions: [1, 0, 1], allOn: [false, true, false] });
    const spec = { ...uib, startKernel: 3, midKernel: [3, 5], expand: 4 };
    const byHand: Forward = (pass, images) =>
      head(pass, frame.head, frame.classes, block(pass, at, spec, block(pass, 'stages.0.blocks.0', stem, images)));
    expectClose(model.logits(found, batch), model.logits(byHand, batch), 1e-6);
    model.dispose();
  });
});
