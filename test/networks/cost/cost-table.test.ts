import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CostSpec, costOf } from '#networks/cost/cost';
import { costTable } from '#networks/cost/cost-table';
import { type RooflineDevice, readDevice } from '#networks/cost/device';
import { readSpace } from '#networks/space/parse';
import { close, type Space } from '#networks/space/space';
import { findDevice, findSpace } from '#networks/zoo/shipped';
import { allDecisions, decisionsOf, randomSpace } from '#test/networks/space/random-space';

const reference = readDevice(findDevice('reference')) as RooflineDevice;
const costs: CostSpec[] = [
  { cost: 'macs' },
  { cost: 'params' },
  { cost: 'latency', device: { ...reference, overheadMs: 0.01 } },
  { cost: 'peakMemory', bytesPerActivation: 2 },
];
const shipped = ['mnv4-conv-s.coarse', 'mnv4-conv-m.coarse', 'mnv4-conv-l.coarse', 'mnv4-conv-m.one-stage'];
const tiny = ['tiny.coarse', 'tiny32.coarse', 'tiny.one-stage', 'mnv4-conv-s'];

function expectEqualCosts(space: Space, decisions: readonly number[], found: Float64Array): void {
  const [macs, params, ms, memory] = costs.map((cost) => costOf(cost, close(space, decisions))) as [
    number,
    number,
    number,
    number,
  ];
  expect([found[0], found[1], found[3]]).toEqual([macs, params, memory]);
  expect(Math.abs((found[2] as number) - ms)).toBeLessThan(1e-12 * ms);
}

describe('a cost table', () => {
  it('gives what summing the layers of the closed network gives, over random spaces', () => {
    const pairs = randomSpace.chain((space) =>
      fc.tuple(fc.constant(space), fc.array(decisionsOf(space), { minLength: 1, maxLength: 5 })),
    );
    fc.assert(
      fc.property(pairs, ([space, several]) => {
        const table = costTable(space, costs);
        for (const decisions of several) expectEqualCosts(space, decisions, table.evaluate(decisions));
      }),
      { numRuns: 150 },
    );
  });

  it.each([...shipped, ...tiny])('gives what summing the layers gives, over %s', (name) => {
    const space = readSpace(findSpace(name));
    const table = costTable(space, costs);
    const out = new Float64Array(costs.length);
    fc.assert(
      fc.property(decisionsOf(space), (decisions) => {
        expect(table.evaluate(decisions, out)).toBe(out);
        expectEqualCosts(space, decisions, out);
      }),
      { numRuns: 40 },
    );
  });

  it('finds the cheapest and the costliest point that trying all architectures finds', () => {
    const few = randomSpace.filter(({ choices }) => choices.reduce((n, { options }) => n * options.length, 1) <= 3000);
    fc.assert(
      fc.property(few, (space) => {
        const table = costTable(space, costs);
        const all = [...allDecisions(space)].map((decisions) => [...table.evaluate(decisions)]);
        for (const c of costs.keys()) {
          const values = all.map((row) => row[c] as number);
          expect(table.evaluate(table.cheapest(c))[c]).toBeCloseTo(Math.min(...values), 9);
          expect(table.evaluate(table.costliest(c))[c]).toBeCloseTo(Math.max(...values), 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('names its costs', () => {
    expect(costTable(readSpace(findSpace('tiny.coarse')), costs).names).toEqual([
      'macs',
      'params',
      'latencyMs@reference',
      'peakMemory',
    ]);
  });
});
