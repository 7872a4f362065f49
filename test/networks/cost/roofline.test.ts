import { describe, expect, it } from 'vitest';
import type { RooflineDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import type { LayerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { bound, layerMs, ridgePoint } from '#networks/cost/roofline';
import { readNetwork } from '#networks/space/parse';
import { findSpace } from '#networks/zoo/shipped';

const device: RooflineDevice = {
  kind: 'roofline',
  name: 'd',
  peakMacsPerMs: 1000,
  peakBytesPerMs: 100,
  bytesPerWeight: 1,
  bytesPerActivation: 1,
  overheadMs: 0,
  source: 'made up',
};
const load = (macs: number, weightBytes: number, activationBytes: number): LayerLoad => ({
  name: 'l',
  macs,
  weightBytes,
  activationBytes,
});

describe('the roofline', () => {
  it('takes the slower of computing and moving', () => {
    expect(layerMs(load(5000, 100, 100), device)).toBe(5);
    expect(layerMs(load(5000, 300, 400), device)).toBe(7);
  });

  it('adds the overhead of the device to every layer', () => {
    expect(layerMs(load(5000, 0, 0), { ...device, overheadMs: 0.25 })).toBe(5.25);
  });

  it('switches a layer from compute to memory bound at the ridge point', () => {
    expect(ridgePoint(device)).toBe(10);
    expect(bound(load(1001, 50, 50), device)).toBe('compute');
    expect(bound(load(999, 50, 50), device)).toBe('memory');
  });

  it('counts MACs alone where memory is free', () => {
    const network = readNetwork(findSpace('mnv4-conv-s'));
    const ms = latencyMs(network, { ...device, peakMacsPerMs: 186_005_568, peakBytesPerMs: Number.MAX_VALUE });
    expect(ms).toBeCloseTo(1, 12);
  });

  it('moves twice the bytes at 16 bits', () => {
    const network = readNetwork(findSpace('mnv4-conv-s'));
    const slow = { ...device, peakMacsPerMs: Number.MAX_VALUE };
    const bytes = layersOf(network).reduce((total, { weights, activations }) => total + weights + activations, 0);
    expect(latencyMs(network, slow)).toBeCloseTo(bytes / 100, 6);
    expect(latencyMs(network, { ...slow, bytesPerWeight: 2, bytesPerActivation: 2 })).toBeCloseTo(bytes / 50, 6);
  });
});
