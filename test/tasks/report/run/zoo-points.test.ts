import { expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { namedNetwork } from '#networks/zoo/named-network';
import { nearestWidths, zooNames, zooPoints } from '#tasks/report/run/zoo-points';
import { space } from './report-fixture.js';

const macs = { cost: 'macs' } as const;

it('has the input and the classes of the search, and costs in the range only', () => {
  const points = zooPoints(space, macs, [1e5, 3e6]);
  expect(points.length).toBeGreaterThan(3);
  for (const { network, cost, published } of points) {
    expect([network.input, network.classes, published]).toEqual([space.input, 4, null]);
    expect(cost).toBe(costOf(macs, network));
    expect(cost >= 1e5 && cost <= 3e6).toBe(true);
  }
});

it('has the published accuracy of a network at its own resolution and classes, of other widths too', () => {
  const original = namedNetwork('mobilenet-v2');
  const points = zooPoints(original, macs, [0, 1e12]).filter(({ name }) => name === 'mobilenet-v2');
  const published = (width: number) => points.find((point) => point.width === width)?.published;
  expect(published(1)).toBeGreaterThan(0.7);
  expect(published(0.25)).toBeNull();
});

it('leaves out the teachers', () => {
  expect(zooNames().filter((name) => name.startsWith('teacher'))).toEqual([]);
});

it('chooses the width of each network whose cost is nearest as a ratio', () => {
  const point = (name: string, width: number, cost: number) => ({
    ...zooPoints(space, macs, [0, 1e12])[0]!,
    name,
    width,
    cost,
  });
  const chosen = nearestWidths([point('a', 1, 50), point('a', 2, 190), point('b', 1, 1000)], 100);
  expect(chosen.map(({ name, width }) => [name, width])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});
