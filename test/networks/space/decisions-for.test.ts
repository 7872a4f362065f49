import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionsFor } from '#networks/space/decisions-for';
import { close, type Decisions } from '#networks/space/space';
import { decisionsOf, randomSpace } from './random-space.js';
import { spaceOf } from './space-of.js';

const space = spaceOf(
  `  - out: [16, 24]
    blocks:
      - { kind: conv, kernel: 3, stride: 2 }
      - { kind: uib, startKernel: 0, midKernel: [0, 3], expand: 4, repeat: 2, optional: true }
      - { kind: uib, startKernel: [0, 5], midKernel: 3, expand: 2 }`,
  '{ conv: [64, 128], hidden: 0 }',
);

describe('the decisions for an architecture', () => {
  it('yield it from the space it came from', () => {
    const spaceAndDecisions = randomSpace.chain((space) => fc.tuple(fc.constant(space), decisionsOf(space)));
    fc.assert(
      fc.property(spaceAndDecisions, ([space, decisions]) => {
        const architecture = close(space, decisions);
        const found = decisionsFor(space, { ...architecture, name: 'another' });
        expect(found && close(space, found)).toEqual(architecture);
      }),
    );
  });

  it('put a block into the first slot that can hold it', () => {
    const onlySecond = [1, 0, 0, 1, 1, 1, 0];
    expect(space.choices.map(({ path }) => path)).toHaveLength(onlySecond.length);
    expect(decisionsFor(space, close(space, onlySecond))).toEqual([1, 1, 1, 0, 0, 1, 0]);
  });

  it('are found for any number of optional blocks before others like them', () => {
    const block = '{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 3';
    const space = spaceOf(`  - blocks: [${block}, optional: true, repeat: 60 }, ${block}, repeat: 60 }]`);
    const allSkipped = space.choices.map(() => 0);
    expect(decisionsFor(space, close(space, allSkipped))).toEqual(allSkipped);
  });

  it.each<[string, (decisions: Decisions) => object]>([
    ['another width of one block alone', (d) => withBlock(d, 0, { out: 24 })],
    ['a kernel that is no option', (d) => withBlock(d, 1, { midKernel: 5 })],
    ['a field that the space lacks', (d) => withBlock(d, 0, { squeeze: true })],
    ['a block too many', (d) => ({ stages: [{ blocks: [...blocks(d), ...blocks(d)] }] })],
    ['no stage', () => ({ stages: [] })],
    ['another head', () => ({ head: { conv: 96, hidden: 0, hiddenNorm: true } })],
    ['another activation', () => ({ activation: 'gelu' })],
  ])('are none for %s', (_, change) => {
    const decisions = [0, 1, 0, 1, 0, 0, 0];
    const architecture = close(space, decisions);
    expect(decisionsFor(space, architecture)).toEqual(decisions);
    expect(decisionsFor(space, { ...architecture, ...change(decisions) })).toBeUndefined();
  });
});

function blocks(decisions: Decisions) {
  return close(space, decisions).stages[0]?.blocks ?? [];
}

function withBlock(decisions: Decisions, index: number, change: object): object {
  return { stages: [{ blocks: blocks(decisions).map((block, i) => (i === index ? { ...block, ...change } : block)) }] };
}
