import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import type { Turn } from '#tasks/devices/interleaved';
import { layerTableFiles } from '#tasks/devices/layer-table';
import { layerTimes, signatureTimes } from '#tasks/devices/layer-times';
import { newFolder } from '#test/data/fixtures';
import { network as networkOf } from '#test/networks/nn/fixtures';

/** A network of these blocks, with a head of a pooling and a classifier. */
const network = (...blocks: readonly object[]) => {
  const text = `stages: ${JSON.stringify([{ blocks }])}\nhead: { conv: 0, hidden: 0 }`;
  return networkOf(text, 'input: { resolution: 8, channels: 3 }');
};

const conv = { kind: 'conv', kernel: 3, stride: 1, out: 3 } as const;
const three = network(conv, conv, conv);
const names = ['CONV_2D', 'CONV_2D', 'Static Reshape (NC)', 'CONV_2D', 'AVERAGE_POOL_2D', 'FULLY_CONNECTED'];

/** A turn whose runs have these microseconds, operator by operator. */
function turn(...runs: readonly (readonly number[])[]): Turn {
  const timed = runs.map((us) => {
    const events = us.map((duration, i) => ({ name: names[i] as string, us: duration }));
    return { ms: 1, busyMs: 1, interrupted: false, events };
  });
  return { ms: 1, interrupted: false, runs: timed };
}

const turns = [
  turn([10, 20, 0, 30, 4, 5], [12, 22, 2, 32, 4, 5], [999, 21, 1, 31, 4, 5]),
  turn([14, 20, 0, 30, 4, 5], [14, 20, 0, 30, 4, 5], [14, 20, 0, 30, 4, 5]),
];

describe('times of layers', () => {
  it('are medians of the runs of a turn, with half a microsecond for what the profiler cuts off', () => {
    const times = layerTimes(three, turns);
    expect(times.map(({ layer }) => layer.name.split('.').at(-1))).toEqual([
      'blocks[0]',
      'blocks[1]',
      'blocks[2]',
      'pool',
      'fc',
    ]);
    const expected = [
      [12.5, 14.5],
      [23, 20.5],
      [31.5, 30.5],
      [4.5, 4.5],
      [5.5, 5.5],
    ];
    for (const [l, each] of times.entries()) {
      for (const [t, ms] of each.turns.entries()) expect(1000 * ms).toBeCloseTo(expected[l]![t] as number, 9);
    }
  });

  it('are joined by signature, as means of the middle half of all turns', () => {
    const rows = signatureTimes(layerTimes(three, turns));
    expect(rows.map(({ count }) => count)).toEqual([6, 2, 2]); // the convolutions are of one signature
    expect(1000 * rows[0]!.ms).toBeCloseTo((14.5 + 20.5 + 23 + 30.5) / 4, 9);
    expect(1000 * rows[1]!.ms).toBeCloseTo(4.5, 9);
  });

  it('are written as a device that is read back', () => {
    const folder = newFolder();
    const rows = signatureTimes(layerTimes(three, turns));
    const files = layerTableFiles('phone', rows, { bytesPerWeight: 1, bytesPerActivation: 1 }, 'made up: by a test');
    for (const { name, content } of files) writeFileSync(join(folder, name), content as string);
    const device = readDevice(join(folder, 'phone.yaml'));
    expect(device).toMatchObject({ kind: 'table', name: 'phone', bytesPerWeight: 1, source: 'made up: by a test' });
    expect(device.kind === 'table' && [...device.table.timings.keys()]).toEqual(rows.map(({ signature }) => signature));
    expect(1000 * latencyMs(three, device)).toBeCloseTo(3 * 22.125 + 4.5 + 5.5, 2);
    expect(rows[2]!.signature).toBe(layerSignature(layerTimes(three, turns)[4]!.layer));
  });
});
