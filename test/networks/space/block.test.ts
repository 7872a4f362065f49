import { describe, expect, it } from 'vitest';
import { expandedChannels, isResidual, roundChannels, strided, uibVariant } from '#networks/space/block';

describe('channel counts', () => {
  it.each([
    [7, 8],
    [20, 24],
    [18, 24], // 16 < 16.2
    [1, 8],
    [12, 16],
    [36, 40],
    [50, 48],
    [100, 104],
    [60, 64],
  ])('from products: %d becomes %d', (channels, rounded) => {
    expect(roundChannels(channels)).toBe(rounded);
    expect(expandedChannels(channels, 1)).toBe(rounded);
  });

  it('keep multiples of 8', () => {
    for (let channels = 8; channels <= 4096; channels += 8) expect(roundChannels(channels)).toBe(channels);
  });

  it('lose at most 10 %', () => {
    for (let channels = 8; channels <= 1000; channels++)
      expect(roundChannels(channels)).toBeGreaterThanOrEqual(0.9 * channels);
  });
});

describe('a block', () => {
  it('halves its input at stride 2, rounding up', () => {
    expect([28, 14, 7, 1].map((side) => strided(side, 2))).toEqual([14, 7, 4, 1]);
  });

  it('adds its input if and only if the stride is 1 and the channels are equal', () => {
    expect(isResidual(8, { kind: 'uib', stride: 1, out: 8 })).toBe(true);
    expect(isResidual(8, { kind: 'uib', stride: 2, out: 8 })).toBe(false);
    expect(isResidual(8, { kind: 'uib', stride: 1, out: 16 })).toBe(false);
    expect(isResidual(8, { kind: 'conv', stride: 1, out: 8 })).toBe(false);
  });

  it('is named after its depthwise layers', () => {
    const name = (startKernel: number, midKernel: number) => uibVariant({ startKernel, midKernel });
    expect([name(0, 3), name(5, 0), name(0, 0), name(3, 5)]).toEqual(['IB', 'ConvNext', 'FFN', 'ExtraDW']);
  });
});
