import { describe, expect, it } from 'vitest';
import { parseSpace } from '#networks/space/parse';
import { close, type Decisions } from '#networks/space/space';
import { chosenByRun, chosenValues, pairwiseAgreement, spreadOf } from '#tasks/study/agreement';
import { spaceOf } from '#test/networks/space/space-of';

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

describe('the chosen values', () => {
  it('are those of the active choices', () => {
    expect(chosenValues(space, [1, 1, 0, 1])).toEqual({
      'stages[0].out': '16',
      'stages[0].blocks[1].use': 'true',
      'stages[0].blocks[1].startKernel': '0',
      'stages[0].blocks[1].midKernel': '5',
    });
    expect(chosenValues(space, [0, 0, 1, 1])).toEqual({ 'stages[0].out': '8', 'stages[0].blocks[1].use': 'false' });
  });
});

describe('the values chosen by a run', () => {
  it('are the same for one network, whichever of two equal blocks is skipped', () => {
    const uib = '{ kind: uib, startKernel: 0, midKernel: [3, 5], expand: 2, out: 3, optional: true, repeat: 2 }';
    const space = spaceOf(`  - blocks: [${uib}]`);
    const run = (decisions: Decisions) => chosenByRun(space, close(space, decisions), decisions);
    expect(run([0, 0, 1, 1])).toEqual(run([1, 1, 0, 0]));
    expect(run([0, 0, 1, 1])).not.toEqual(run([0, 0, 1, 0]));
  });
});

describe('the agreement of searches', () => {
  it('is the mean share of equal choices over all pairs; a choice that only one has counts as different', () => {
    const [a, b, c] = [{ x: '1', y: '2' }, { x: '1', y: '3' }, { x: '1' }];
    expect(pairwiseAgreement([a, b])).toBe(1 / 2);
    expect(pairwiseAgreement([a, c])).toBe(1 / 2);
    expect(pairwiseAgreement([a, a, b])).toBeCloseTo((1 + 1 / 2 + 1 / 2) / 3, 12);
    expect(pairwiseAgreement([a])).toBeNull();
  });

  it('comes with the spread of figures', () => {
    expect(spreadOf([1, 2, 6])).toEqual({ mean: 3, deviation: Math.sqrt(7), least: 1, most: 6 });
    expect(spreadOf([2])).toEqual({ mean: 2, deviation: null, least: 2, most: 2 });
  });
});
