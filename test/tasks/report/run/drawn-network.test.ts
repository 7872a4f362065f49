import { describe, expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { close } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { drawnNetwork } from '#tasks/report/run/drawn-network';
import { zooNames } from '#tasks/report/run/zoo-points';
import { space } from './report-fixture.js';

const device = readDevice(findDevice('pixel-6-cpu'));

describe('a drawn network', () => {
  it('has its blocks stage by stage with layers, shapes and costs', () => {
    const [stem, stage, head] = drawnNetwork(close(space, [1, 0]), { cost: 'macs' });
    expect(stem?.blocks).toEqual([
      { place: '0.0', kind: 'conv', layers: 'conv 3x3 8', output: [8, 8, 8], macs: 13_824, params: 232, cost: 13_824 },
    ]);
    expect(stage?.blocks.map(({ place, kind, layers, output }) => [place, kind, layers, output])).toEqual([
      ['1.0', 'IB', '1x1 32 ─ dw 3x3 /2 ─ 1x1 16', [4, 4, 16]],
    ]);
    expect(head?.blocks.map(({ kind, layers, output }) => [kind, layers, output])).toEqual([
      ['head', '1x1 32 ─ pool ─ fc 4', [1, 1, 4]],
    ]);
  });

  it.each(zooNames())('of %s has block costs that add up to the cost of the network', (name) => {
    const network = namedNetwork(name);
    const sum = (spec: Parameters<typeof drawnNetwork>[1]) =>
      drawnNetwork(network, spec)
        .flatMap(({ blocks }) => blocks)
        .reduce((total, { cost }) => total + (cost ?? 0), 0);
    expect(sum({ cost: 'latency', device })).toBeCloseTo(latencyMs(network, device), 9);
    expect(sum({ cost: 'params' })).toBe(costOf({ cost: 'params' }, network));
  });

  it('has no costs of blocks for peak memory and for an unknown cost', () => {
    const blocks = (spec: Parameters<typeof drawnNetwork>[1]) => drawnNetwork(close(space, [0, 1]), spec)[1]?.blocks;
    expect(blocks({ cost: 'peakMemory', bytesPerActivation: 1 })?.map(({ cost }) => cost)).toEqual([null, null]);
    expect(blocks(undefined)?.map(({ cost }) => cost)).toEqual([null, null]);
  });
});
