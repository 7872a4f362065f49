import { describe, expect, it } from 'vitest';
import { parseDevice, readDevice } from '../../src/cost/device.js';
import { latencyMs, ridgePoint } from '../../src/cost/roofline.js';
import { findDevice, findSpace, shippedNames } from '../../src/cost/shipped.js';
import { readNetwork } from '../../src/space/parse.js';

const profile = 'peakMacsPerMs: 10\npeakBytesPerMs: 1\nbytesPerWeight: 1\nbytesPerActivation: 1\nsource: made up\n';

describe('a device profile', () => {
  it('is named after its file and has no overhead unless it says so', () => {
    expect(parseDevice('some/where/my-phone.yaml', profile)).toMatchObject({ name: 'my-phone', overheadMs: 0 });
  });

  it('must say where its figures come from', () => {
    expect(() => parseDevice('d.yaml', profile.replace(/source.*/, ''))).toThrow(
      'd.yaml:1:1: source: missing; expected a text that says where the figures come from',
    );
  });

  it('names everything that is wrong with it', () => {
    const text = profile.replace('peakMacsPerMs: 10', 'peakMacs: 10').replace('Weight: 1', 'Weight: none');
    expect(() => parseDevice('d.yaml', text)).toThrow(
      [
        'd.yaml:1:1: peakMacsPerMs: missing; expected a number of MACs per ms > 0',
        'd.yaml:1:1: peakMacs: unknown key; did you mean peakMacsPerMs?',
        'd.yaml:3:17: bytesPerWeight: expected a number of bytes > 0; got none',
      ].join('\n'),
    );
  });
});

describe('the shipped devices', () => {
  it('are those of the paper and a reference', () => {
    const names = [
      'galaxy-s23-cpu',
      'pixel-4-dsp',
      'pixel-6-cpu',
      'pixel-8-edgetpu',
      'pixel-8-edgetpu-overhead',
      'reference',
    ];
    expect(shippedNames('configs/devices')).toEqual(names);
  });

  it.each([
    ['pixel-6-cpu', 31.2, [2.4, 11.4, 59.9], 0.05],
    ['galaxy-s23-cpu', 39.7, [1.8, 8.6, 43.0], 0.09],
    ['pixel-4-dsp', 347.3, [2.4, 7.3, 20.8], 0.12],
    ['pixel-8-edgetpu', 433.8, [0.7, 1.1, 2.4], 0.5],
    ['pixel-8-edgetpu-overhead', 433.8, [0.7, 1.1, 2.4], 0.08],
  ])('%s has its published ridge point and fits the measured latencies', (name, ridge, measured, error) => {
    const device = readDevice(findDevice(name));
    const networks = ['mnv4-conv-s', 'mnv4-conv-m', 'mnv4-conv-l'].map((network) => readNetwork(findSpace(network)));
    const logs = networks.map((network, i) => Math.log(latencyMs(network, device) / (measured[i] as number)));
    expect(ridgePoint(device)).toBeCloseTo(ridge, 9);
    expect(Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / 3)).toBeLessThan(error);
    expect(Math.abs(logs.reduce((sum, log) => sum + log, 0))).toBeLessThan(0.01); // what least squares leaves of the mean
  });

  it('are suggested by name', () => {
    expect(() => findDevice('pixel6-cpu')).toThrow(
      /^expected a device: .* got pixel6-cpu; did you mean pixel-6-cpu\?$/,
    );
  });
});
