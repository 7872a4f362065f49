import { describe, expect, it } from 'vitest';
import { latencyMs } from '#networks/cost/latency';
import { type LayerLoad, layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { readNetwork } from '#networks/space/parse';
import { findSpace } from '#networks/zoo/shipped';
import { type Contender, latencyInMacs, magnitudes, ridgeSweep } from '#tasks/devices/ridge-sweep';

const layer = (macs: number, weightBytes: number, activationBytes: number): LayerLoad => ({
  name: 'l',
  macs,
  weightBytes,
  activationBytes,
});
const contender = (name: string, loads: LayerLoad[], top1: number | null = null): Contender => ({ name, loads, top1 });
const conv = contender('conv', [layer(1000, 5, 5)], 0.7); // 100 MACs per byte
const fc = contender('fc', [layer(100, 90, 10)], 0.8); // 1 MAC per byte

describe('the latency at a ridge point', () => {
  it('equals the MACs if memory is free, and the bytes if arithmetic is free', () => {
    const loads = [layer(100, 3, 4), layer(50, 10, 20), layer(0, 0, 5)];
    expect(latencyInMacs(loads, 0)).toBe(150);
    expect(latencyInMacs(loads, 1e9)).toBe(42e9);
  });

  it('is bound by memory, layer by layer, above the MACs per byte of the layer', () => {
    const loads = [layer(100, 3, 7), layer(50, 10, 15)]; // 10 and 2 MACs per byte
    expect([2, 3, 10, 11].map((ridgePoint) => latencyInMacs(loads, ridgePoint))).toEqual([150, 175, 350, 385]);
  });

  it('has the same ratios between networks as every device of that ridge point', () => {
    const networks = ['mnv4-conv-s', 'mnv4-conv-m'].map((name) => readNetwork(findSpace(name)));
    const bytes = { bytesPerWeight: 2, bytesPerActivation: 1 };
    const [s, m] = networks.map((network) =>
      latencyInMacs(
        layersOf(network).map((l) => layerLoad(l, bytes)),
        40,
      ),
    );
    for (const peakBytesPerMs of [1, 12345]) {
      const device = {
        kind: 'roofline' as const,
        name: 'd',
        peakMacsPerMs: 40 * peakBytesPerMs,
        peakBytesPerMs,
        overheadMs: 0,
        source: '',
        ...bytes,
      };
      const [sMs, mMs] = networks.map((network) => latencyMs(network, device));
      expect(m! / s!).toBeCloseTo(mMs! / sMs!, 9);
    }
  });
});

describe('a ridge-point sweep', () => {
  const sweep = ridgeSweep([conv, fc, contender('unknown', [layer(10_000, 1, 1)])], [0, 5, 10, 20, 100]);
  const [ofConv, ofFc, ofUnknown] = sweep.networks;

  it('gives latencies relative to the fastest', () => {
    expect(ofConv?.relativeLatency).toEqual([10, 2, 1, 1, 1]);
    expect(ofFc?.relativeLatency).toEqual([1, 1, 1, 2, 10]);
    expect(ofUnknown?.relativeLatency).toEqual([100, 20, 10, 10, 10]);
  });

  it('names the fastest network in each stretch; the first of equals', () => {
    expect(sweep.leads).toEqual([
      { name: 'fc', from: 0, to: 5 },
      { name: 'conv', from: 10, to: 100 },
    ]);
  });

  it('marks the Pareto front if accuracies are known', () => {
    expect(ofConv?.pareto).toEqual([false, false, false, true, true]); // at 10 it is as fast, but less accurate
    expect(ofFc?.pareto).toEqual([true, true, true, true, true]);
    expect(ofUnknown).toMatchObject({ pareto: null, behindFront: null });
    expect(ofConv?.behindFront).toEqual([10, 2, 1, 1, 1]);
  });
});

describe('the parts of a range', () => {
  it.each([
    [
      0,
      500,
      [
        [0, 5],
        [5, 50],
        [50, 500],
      ],
    ],
    [10, 80, [[10, 80]]],
    [
      2,
      200,
      [
        [2, 20],
        [20, 200],
      ],
    ],
    [31.2, 31.2, [[31.2, 31.2]]],
    [0, 0, [[0, 0]]],
  ])('from %d to %d span one order of magnitude each', (from, to, parts) => {
    expect(magnitudes(from, to)).toEqual(parts);
  });
});
