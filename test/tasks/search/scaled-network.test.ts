import { describe, expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { namedNetwork } from '#networks/zoo/named-network';
import { scaledNetwork } from '#tasks/search/scaled-network';
import { failureOf } from '#test/data/fixtures';

const macs = (target: number) => [{ name: 'macs', target, spec: { cost: 'macs' } as const }];
const space = (resolution: number, channels = 3) => ({ input: { resolution, channels }, classes: 10 });
const strides = (name: string, resolution: number, target: number) => {
  const network = scaledNetwork(namedNetwork(name), {
    space: space(resolution),
    targets: macs(target),
    tolerance: 0.1,
  });
  return network.stages.flatMap(({ blocks }) => blocks).filter(({ stride }) => stride === 2).length;
};

describe('a known network scaled to a target', () => {
  it.each(['mobilenet-v2', 'mobilenet-v3-large', 'mnv4-conv-s'])(
    'has the cost, input and classes asked for: %s',
    (name) => {
      const [target] = macs(20e6);
      const targets = macs(20e6);
      const network = scaledNetwork(namedNetwork(name), { space: space(32), targets, tolerance: 0.05 });
      expect(Math.abs(costOf({ cost: 'macs' }, network) / (target?.target as number) - 1)).toBeLessThanOrEqual(0.05);
      expect(network).toMatchObject({ input: { resolution: 32, channels: 3 }, classes: 10 });
      expect(network.name).toMatch(/^m.*-[0-9.]+x$/);
    },
  );

  it('keeps a last map of 4 pixels a side: 5 strides at 224, 4 at 64, 3 at 32 and at 28', () => {
    expect([224, 64, 32, 28].map((side) => strides('mobilenet-v2', side, 60e6))).toEqual([5, 4, 3, 3]);
  });

  it('has smaller maps where no width is on target with the larger ones', () => {
    expect(strides('mobilenet-v2', 32, 1.5e6)).toBeLessThanOrEqual(5);
    expect(strides('mobilenet-v2', 32, 1.5e6)).toBeGreaterThan(3);
  });

  it('is refused if it is never on target', () => {
    const scaled = () =>
      scaledNetwork(namedNetwork('mobilenet-v2'), { space: space(32), targets: macs(1000), tolerance: 0.05 });
    expect(failureOf(scaled).message).toBe('no width of mobilenet-v2 from 0.2x to 4x comes within 5 % of macs 1000');
  });
});
