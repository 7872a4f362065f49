import { describe, expect, it } from 'vitest';
import { type RooflineDevice, readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layersOf } from '#networks/cost/layers/layers-of';
import { ridgePoint } from '#networks/cost/roofline';
import { namedNetwork } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';
import { ridgeSeries, sweptRidgePoints } from '#tasks/report/run/ridge-series';

const network = namedNetwork('mobilenet-v2');
const device = readDevice(findDevice('pixel-6-cpu')) as RooflineDevice;

describe('a ridge-point sweep', () => {
  it('is the latency on the device at its own ridge point', () => {
    const [atOwn] = ridgeSeries(network, device, [ridgePoint(device)]);
    expect(atOwn).toBeCloseTo(latencyMs(network, device), 9);
  });

  it('is the time of the arithmetic alone where memory is free', () => {
    const macs = layersOf(network).reduce((sum, layer) => sum + layer.macs, 0);
    expect(ridgeSeries(network, undefined, [0])).toEqual([macs / 1000]);
    expect(ridgeSeries(network, { ...device, overheadMs: 0 }, [0])[0]).toBeCloseTo(macs / device.peakMacsPerMs, 9);
  });

  it('never falls as memory gets slower', () => {
    const series = ridgeSeries(network, device, sweptRidgePoints(device));
    expect(series.every((value, i) => value >= (series[i - 1] ?? 0))).toBe(true);
  });

  it('has the points of the paper in order, and that of the device', () => {
    const points = sweptRidgePoints(device);
    expect([points[0], points.at(-1)]).toEqual([0.5, 500]);
    expect(points).toContain(ridgePoint(device));
    expect(points).toEqual([...points].sort((a, b) => a - b));
    expect(sweptRidgePoints(undefined)).toHaveLength(61);
  });
});
