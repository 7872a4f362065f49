/** MobileNetV4's ridge-point findings (arXiv:2404.10518, "Ridge Point Sweep Analysis"), checked on our figures. */
import { describe, expect, it } from 'vitest';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { namedNetwork } from '#networks/zoo/named-network';
import { namedAccuracy } from '#networks/zoo/published';
import { latencyInMacs, ridgeSweep } from '#tasks/devices/ridge-sweep';

const int8 = { bytesPerWeight: 1, bytesPerActivation: 1 };
const mobileNetV4 = ['mnv4-conv-s', 'mnv4-conv-m', 'mnv4-hybrid-m', 'mnv4-conv-l', 'mnv4-hybrid-l'];
const before = [
  'mobilenet-v1',
  'mobilenet-v2-0.5x',
  'mobilenet-v2',
  'mobilenet-v2-1.5x',
  'mobilenet-v2-2x',
  'mobilenet-v3-large',
];
const ridgePoints = Array.from({ length: 501 }, (_, i) => i);

const loadsOf = (name: string) => layersOf(namedNetwork(name)).map((layer) => layerLoad(layer, int8));

/** Latency of one network divided by that of another at a ridge point. */
function ratio(one: string, other: string, ridgePoint: number): number {
  return latencyInMacs(loadsOf(one), ridgePoint) / latencyInMacs(loadsOf(other), ridgePoint);
}

describe('the sweep from 0 to 500 MACs per byte', () => {
  const contenders = [...mobileNetV4, ...before].map((name) => ({
    name,
    loads: loadsOf(name),
    top1: namedAccuracy(name)?.top1 ?? null,
  }));
  const { networks } = ridgeSweep(contenders, ridgePoints);

  it('knows the accuracy of every network', () => {
    expect(contenders.filter(({ top1 }) => top1 === null)).toEqual([]);
  });

  it.each(mobileNetV4)('has %s near the Pareto front at every ridge point', (name) => {
    const { behindFront } = networks.find((network) => network.name === name)!;
    expect(Math.max(...behindFront!)).toBeLessThan(1.05);
  });

  it('has only one of the older networks, the most frugal, near the front at every ridge point', () => {
    const near = networks.filter(({ behindFront }) => Math.max(...behindFront!) < 1.05).map(({ name }) => name);
    expect(near.filter((name) => before.includes(name))).toEqual(['mobilenet-v3-large']);
  });
});

describe('MobileNetV3-Large, made for few MACs', () => {
  it.each([
    ['mobilenet-v3-large', 'mnv4-conv-s', 1.2, 1.8],
    ['mobilenet-v3-large-1.5x', 'mnv4-conv-m', 0.5, 1],
  ])('%s falls behind %s at high ridge points', (name, rival, atMost, atLeast) => {
    for (const ridgePoint of [0, 1, 2]) expect(ratio(name, rival, ridgePoint)).toBeLessThan(atMost);
    for (const ridgePoint of [100, 200, 500]) expect(ratio(name, rival, ridgePoint)).toBeGreaterThan(atLeast);
  });

  it('has memory-bound fully connected layers in its head, which cost twelve times their share of the MACs', () => {
    const loads = loadsOf('mobilenet-v3-large');
    const connected = loads.filter(({ name }) => name === 'head.hidden' || name === 'head.fc');
    for (const { macs, weightBytes, activationBytes } of connected) {
      expect(macs / (weightBytes + activationBytes)).toBeLessThan(1); // memory-bound from a ridge point of 1 on
    }
    const share = (ridgePoint: number) => latencyInMacs(connected, ridgePoint) / latencyInMacs(loads, ridgePoint);
    expect(share(0)).toBeLessThan(0.013);
    expect(share(500)).toBeGreaterThan(0.15);
  });
});

describe('MobileNetV1-1.5x, rich in MACs', () => {
  it.each([
    ['mnv4-conv-m', 1.15, 1],
    ['mobilenet-v3-large-1.5x', 2.5, 0.95],
  ])('falls behind %s at low ridge points, and not at high ones', (rival, atLeast, atMost) => {
    for (const ridgePoint of [0, 1, 2]) expect(ratio('mobilenet-v1-1.5x', rival, ridgePoint)).toBeGreaterThan(atLeast);
    for (const ridgePoint of [120, 200, 500])
      expect(ratio('mobilenet-v1-1.5x', rival, ridgePoint)).toBeLessThan(atMost);
  });
});
