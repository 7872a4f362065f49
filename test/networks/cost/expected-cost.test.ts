/** Expected costs of a policy, compared with the sum over all decisions, each weighted by its probability. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnOption, randomStream } from '#core/random';
import { deviationOf, meanOf } from '#core/statistics/scoring';
import type { CostSpec } from '#networks/cost/cost';
import { costTable } from '#networks/cost/cost-table';
import { readDevice } from '#networks/cost/device';
import { readSpace } from '#networks/space/parse';
import type { Space } from '#networks/space/space';
import { findDevice, findSpace } from '#networks/zoo/shipped';
import { allDecisions, randomSpace } from '#test/networks/space/random-space';

const sums: CostSpec[] = [
  { cost: 'macs' },
  { cost: 'params' },
  { cost: 'latency', device: readDevice(findDevice('pixel-6-cpu')) },
];
const costs: CostSpec[] = [...sums, { cost: 'peakMemory', bytesPerActivation: 1 }];

const small = randomSpace.filter(({ choices }) => choices.reduce((n, { options }) => n * options.length, 1) <= 3000);

/** Any distribution over the options of each choice, including some with options of probability 0. */
function distributionsOf({ choices }: Space): fc.Arbitrary<number[][]> {
  return fc.tuple(
    ...choices.map(({ options }) =>
      fc
        .array(fc.nat(9), { minLength: options.length, maxLength: options.length })
        .filter((weights) => weights.some((weight) => weight > 0))
        .map((weights) => weights.map((weight) => weight / weights.reduce((a, b) => a + b))),
    ),
  );
}

const decided = small.chain((space) => fc.tuple(fc.constant(space), distributionsOf(space)));

/** The mean of each cost over all architectures, each weighted by its probability. */
function enumerated(space: Space, specs: readonly CostSpec[], distributions: readonly (readonly number[])[]): number[] {
  const table = costTable(space, specs);
  const means = specs.map(() => 0);
  for (const decisions of allDecisions(space)) {
    const p = decisions.reduce((product, option, i) => product * (distributions[i]?.[option] as number), 1);
    for (const [c, value] of table.evaluate(decisions).entries()) means[c] = (means[c] as number) + p * value;
  }
  return means;
}

describe('the expected cost of a policy', () => {
  it('equals the mean over all architectures, for random spaces with nested choices', () => {
    fc.assert(
      fc.property(decided, ([space, distributions]) => {
        const found = costTable(space, sums).expected(distributions, randomStream('unused'));
        for (const [c, mean] of enumerated(space, sums, distributions).entries()) {
          expect(Math.abs((found[c] as number) / mean - 1)).toBeLessThan(1e-10);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is estimated reproducibly from draws for memory, which does not add up, and stays exact for the others', () => {
    fc.assert(
      fc.property(decided, ([space, distributions]) => {
        const table = costTable(space, costs);
        const found = table.expected(distributions, randomStream('draws'));
        expect(found).toEqual(table.expected(distributions, randomStream('draws')));
        expect(found.subarray(0, 3)).toEqual(costTable(space, sums).expected(distributions, randomStream('other')));
        const [, , , memory] = enumerated(space, costs, distributions) as [number, number, number, number];
        const [least, most] = [table.cheapest(3), table.costliest(3)].map((d) => table.evaluate(d)[3] as number);
        expect(Math.abs((found[3] as number) - memory)).toBeLessThanOrEqual(0.1 * (most! - least!) + 1e-9 * memory);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['tiny.hybrid', 'mnv4-conv-m.coarse', 'mnv4-conv-m.one-stage'])(
    'is near the mean of many samples, in %s',
    (name) => {
      const space = readSpace(findSpace(name));
      const table = costTable(space, sums);
      const random = randomStream(name);
      const distributions = space.choices.map(({ options }) => {
        const weights = options.map(() => random.uniform());
        return weights.map((weight) => weight / weights.reduce((a, b) => a + b));
      });
      const drawn = Array.from({ length: 4000 }, () =>
        table.evaluate(distributions.map((distribution) => drawnOption(distribution, random))),
      );
      for (const [c, expected] of table.expected(distributions, random).entries()) {
        const values = drawn.map((costs) => costs[c] as number);
        const standardError = (deviationOf(values) as number) / Math.sqrt(values.length);
        expect(Math.abs(meanOf(values) - expected)).toBeLessThan(4 * standardError);
      }
    },
  );

  it('equals the cost of the architecture for a deterministic policy', () => {
    const space = readSpace(findSpace('tiny.hybrid'));
    const table = costTable(space, costs);
    const decisions = space.choices.map(({ options }) => options.length - 1);
    const distributions = space.choices.map(({ options, id }) => options.map((_, o) => Number(o === decisions[id])));
    const found = table.expected(distributions, randomStream('draws'));
    for (const [c, cost] of table.evaluate(decisions).entries()) expect(found[c]).toBeCloseTo(cost, 9);
  });
});
