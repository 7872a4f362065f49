import { describe, expect, it } from 'vitest';
import { spearman } from '#core/statistics/rank-correlation';
import { meanOf } from '#core/statistics/scoring';
import { costTable } from '#networks/cost/cost-table';
import { parseDevice, type RooflineDevice, readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { readSpace } from '#networks/space/parse';
import { findDevice, findSpace, shippedNames } from '#networks/zoo/shipped';
import { fitRoofline } from '#tasks/devices/calibration';
import { readMeasurements } from '#tasks/devices/measurements';

const profile = 'peakMacsPerMs: 10\npeakBytesPerMs: 1\nbytesPerWeight: 1\nbytesPerActivation: 1\nsource: made up\n';

describe('a device profile', () => {
  it('is named after its file and has no overhead unless it says so', () => {
    expect(parseDevice('some/where/my-phone.yaml', profile)).toMatchObject({ name: 'my-phone', overheadMs: 0 });
  });

  it('must state the source of its figures', () => {
    expect(() => parseDevice('d.yaml', profile.replace(/source.*/, ''))).toThrow(
      'd.yaml:1:1: source: missing; expected a text that says where the figures come from',
    );
  });

  it('names everything that is wrong with it', () => {
    const text = profile.replace('peakMacsPerMs: 10', 'peakMacs: 10').replace('Weight: 1', 'Weight: none');
    expect(() => parseDevice('d.yaml', text)).toThrow(
      [
        'd.yaml:1:1: peakMacsPerMs: missing; expected a number of MACs per ms from 1 to 1e15',
        'd.yaml:1:1: peakMacs: unknown key; did you mean peakMacsPerMs?',
        'd.yaml:3:17: bytesPerWeight: expected a number of bytes from 0.01 to 1000; got none',
      ].join('\n'),
    );
  });
});

describe('the shipped devices', () => {
  it('are those of the paper, measured hosts and a reference', () => {
    const names = [
      'galaxy-s23-cpu',
      'host-xeon-float32',
      'host-xeon-float32-cifar',
      'host-xeon-int8',
      'host-xeon-int8-cifar',
      'host-zen3-1-thread',
      'pixel-4-dsp',
      'pixel-6-cpu',
      'pixel-8-edgetpu',
      'pixel-8-edgetpu-roofline',
      'reference',
    ];
    expect(shippedNames('configs/devices')).toEqual(names);
  });

  it.each([
    ['pixel-6-cpu', 'pixel-6-cpu', {}, 0.05],
    ['galaxy-s23-cpu', 'galaxy-s23-cpu', {}, 0.07],
    ['pixel-4-dsp', 'pixel-4-dsp', { overhead: true }, 0.04],
    ['pixel-8-edgetpu', 'pixel-8-edgetpu', { overhead: true }, 0.12],
    ['pixel-8-edgetpu-roofline', 'pixel-8-edgetpu', { ridgePoint: 433.8 }, 0.32],
    ['host-zen3-1-thread', 'host-zen3-1-thread/rows', {}, 0.03],
    ['host-xeon-float32', 'host-xeon/float32', {}, 0.1],
    ['host-xeon-int8', 'host-xeon/int8', {}, 0.1],
  ])(
    '%s equals the fit of calibrate to the latencies of %s with %o, and states the quality of the fit',
    (name, rows, options, error) => {
      const device = readDevice(findDevice(name)) as RooflineDevice;
      const measured = readMeasurements(`configs/devices/measurements/${rows}.csv`).rows;
      const timed = measured.map((row) => ({
        ...row,
        loads: layersOf(row.network).map((layer) => layerLoad(layer, device)),
      }));
      const fit = fitRoofline(timed, { overhead: false, ...options });
      expect(device.peakMacsPerMs / fit.peakMacsPerMs).toBeCloseTo(1, 5);
      expect(device.peakBytesPerMs / fit.peakBytesPerMs).toBeCloseTo(1, 5);
      expect(device.overheadMs).toBeCloseTo(fit.overheadMs, 6);

      const predicted = measured.map(({ network }) => latencyMs(network, device));
      const off = measured.map(({ ms }, i) => Math.abs(predicted[i]! - ms) / ms);
      expect(device.fit).toMatchObject({
        rows: measured.length,
        meanAbsolutePercentageError: expect.closeTo(meanOf(off), 4),
        spearman: expect.closeTo(
          spearman(
            predicted,
            measured.map(({ ms }) => ms),
          ),
          5,
        ),
        leaveOneOutError: expect.closeTo(fit.leaveOneOutError ?? Number.NaN, 4),
        ridgePoint: fit.ridgePointIs,
      });
      expect(device.fit?.meanAbsolutePercentageError).toBeLessThan(error);
      expect(device.source).toMatch(/arXiv:2404\.10518|ONNX Runtime|LiteRT/);
    },
  );

  it.each(['float32', 'int8'])(
    'have tables of layers in %s that cost their space and architectures not measured',
    (precision) => {
      const device = readDevice(findDevice(`host-xeon-${precision}-cifar`));
      const table = costTable(readSpace(findSpace('cifar.coarse')), [{ cost: 'latency', device }]);
      expect(table.evaluate(table.cheapest())[0]).toBeGreaterThan(0);
      const { rows } = readMeasurements(`configs/devices/measurements/host-xeon/cifar-unseen/${precision}.csv`);
      const off = rows.map(({ network, ms }) => Math.abs(latencyMs(network, device) / ms - 1));
      expect(off).toHaveLength(20);
      expect(meanOf(off)).toBeLessThan(0.1);
    },
  );

  it('are suggested by name', () => {
    expect(() => findDevice('pixel6-cpu')).toThrow(
      /^expected a device: .* got pixel6-cpu; did you mean pixel-6-cpu\?$/,
    );
  });
});
