import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { targetTable } from '#networks/cost/target';
import { networkKey } from '#networks/space/network-key';
import { randomDecisions } from '#networks/space/random-decisions';
import { close } from '#networks/space/space';
import { readSearchConfig } from '#tasks/search/config/config';
import { reward } from '#tasks/search/controller/reward';
import { planCoarse } from '#tasks/search/plan';
import { costTerms } from '#tasks/search/ports';
import { bestNetworks } from '#tasks/search/prediction/climb';
import { allDecisions } from '#test/networks/space/random-space';

const { task } = planCoarse(readSearchConfig('configs/quickstart.yaml'));
const { space, targets } = task;
const costsOf = costTerms(targetTable(space, targets), targets);

describe.each([1, 2, 3])('the best networks by effects drawn from seed %i, under a target', (seed) => {
  const random = randomStream(`climb/${seed}`);
  const effects = space.choices.map(({ options }) => options.map(() => 0.02 * random.normal()));
  const scoreOf = (decisions: readonly number[]) =>
    reward(
      'absolute',
      effects.reduce((sum, row, i) => sum + (row[decisions[i] as number] as number), 0),
      costsOf(decisions),
    );
  const starts = Array.from({ length: 8 }, () => randomDecisions(space, random));
  const found = bestNetworks(space, scoreOf, 16, starts);

  it('are different networks, best first, with their scores', () => {
    expect(new Set(found.map(({ decisions }) => networkKey(close(space, decisions)))).size).toBe(16);
    for (const [i, { decisions, score }] of found.entries()) {
      expect(score).toBe(scoreOf(decisions));
      if (i > 0) expect(score).toBeLessThanOrEqual(found[i - 1]?.score as number);
    }
  });

  it('begin with the best of all', () => {
    let highest = Number.NEGATIVE_INFINITY;
    for (const decisions of allDecisions(space)) highest = Math.max(highest, scoreOf(decisions));
    expect(found[0]?.score).toBeCloseTo(highest, 12);
  });
});
