import { describe, expect, it } from 'vitest';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import { parseSpace } from '#networks/space/parse';
import { type NamedRefinement, refine } from '#networks/space/refine';
import { close, type Decisions } from '#networks/space/space';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { warmStartWeights } from '#tasks/search/supernet/warm-start-weights';
import { randomBatch, randomWeights } from '#test/networks/nn/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';

const space = parseSpace(
  'test.yaml',
  `
name: test
input: { resolution: 12, channels: 1 }
classes: 4
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
  - blocks:
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4, out: 8, optional: true }
  - out: [8, 16, 24]
    blocks:
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4, repeat: 2, optional: true }
  - out: [16, 32]
    blocks:
      - { kind: uib, startKernel: 0, midKernel: 3, stride: 2, expand: 4 }
      - { oneOf: [{ kind: conv, kernel: 1 }, { kind: uib, startKernel: 0, midKernel: 3, expand: 4 }] }
head: { conv: [16, 24], hidden: 0 }
`,
);
const optimizer: OptimizerSpec = { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 };
const options = { seed: 'coarse', optimizer, l2: 0 };

/** Option values by path; every other choice takes its first option. */
function decisionsOf(chosen: Record<string, unknown>): Decisions {
  return space.choices.map(({ path, options }) => Math.max(0, options.indexOf(chosen[path])));
}

const decisions = decisionsOf({
  'stages[2].out': 16, // the previous stage keeps no blocks, so that none may move up
  'stages[2].blocks[2].use': true, // the previous block is skipped, so that this one moves up
  'stages[3].out': 32,
  'stages[3].blocks[1].oneOf': 1,
});

describe('a fine SuperNet that inherits a coarse one', () => {
  const coarse = new SuperNet(space, options);
  coarse.model.weights.write(randomWeights(coarse.model.layout));
  const refinement: NamedRefinement = { name: 'fine', refine: { startKernel: [0, 3, 5], midKernel: [0, 3, 5] } };
  const fineSpace = refine(close(space, decisions), refinement);
  const fine = new SuperNet(fineSpace, { ...options, seed: 'fine' });
  const before = fine.save();
  const tensors = warmStartWeights(fine.model.layout, space, decisions, coarse.save());
  fine.warmStart(tensors);

  it('computes the same logits of the coarse result as the coarse one', () => {
    const batch = randomBatch(space, 8);
    const unchanged = fineSpace.choices.map(({ tag, options }) => options.indexOf(tag === 'startKernel' ? 0 : 3));
    expectClose(fine.logits({ decisions: unchanged }, batch), coarse.logits({ decisions }, batch), 1e-5);
  });

  it('initialises its new options like without a warm start, and inherits no optimizer slots', () => {
    const after = fine.save();
    const others = [...after.keys()].filter((name) => !tensors.has(name));
    expect(others.filter((name) => /^weights\/.*(start|mid)/.test(name)).length).toBeGreaterThan(0);
    for (const name of others) expect(after.get(name)?.values).toEqual(before.get(name)?.values);
  });
});
