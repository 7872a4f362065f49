import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OptimizerSpec } from '#networks/nn/optimizer';
import { parseSpace } from '#networks/space/parse';
import { refine } from '#networks/space/refine';
import { close } from '#networks/space/space';
import { preserveFunction } from '#tasks/search/supernet/preserve-function';
import { SuperNet } from '#tasks/search/supernet/supernet';
import { warmStartWeights } from '#tasks/search/supernet/warm-start-weights';
import { randomBatch, randomWeights } from '#test/networks/nn/fixtures';
import { expectClose } from '#test/networks/tensor/op-check';

const space = parseSpace(
  'test.yaml',
  `
name: test
input: { resolution: 13, channels: 1 }
classes: 4
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, out: 8 }
  - out: [8, 16]
    blocks:
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4, stride: 2 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4 }
      - { kind: uib, startKernel: 0, midKernel: 3, expand: 4 }
head: { conv: 16, hidden: 0 }
`,
);
const optimizer: OptimizerSpec = { kind: 'rmsProp', decay: 0.9, momentum: 0.9, epsilon: 1 };
const decisions = [1];
const result = close(space, decisions);
const coarse = new SuperNet(space, { seed: 'coarse', optimizer, l2: 0 });
const fine = new SuperNet(refine(result, { name: 'fine', refine: { startKernel: [0, 3, 5], midKernel: [0, 3, 5] } }), {
  seed: 'fine',
  optimizer,
  l2: 0,
});
const batch = randomBatch(space, 16);

beforeAll(async () => {
  coarse.model.weights.write(randomWeights(coarse.model.layout));
  fine.warmStart(warmStartWeights(fine.model.layout, space, decisions, coarse.save()));
  await preserveFunction(fine, result, [batch]);
});
afterAll(() => {
  coarse.dispose();
  fine.dispose();
});

it('every option with a middle layer computes what the coarse result computes', () => {
  const expected = coarse.logits({ decisions }, batch);
  const { choices } = fine.space;
  const chosen = (start: number, mid: number) =>
    choices.map(({ tag, options }) => options.indexOf(tag === 'startKernel' ? start : mid));
  for (const start of [0, 3, 5]) {
    for (const mid of [3, 5]) expectClose(fine.logits({ decisions: chosen(start, mid) }, batch), expected, 1e-3);
  }
  const other = fine.logits({ decisions: chosen(0, 3).with(-1, choices.at(-1)?.options.indexOf(0) as number) }, batch);
  expect(Math.max(...other.map((logit, i) => Math.abs(logit - (expected[i] as number))))).toBeGreaterThan(0.01);
});
