import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { layerMs } from '#networks/cost/roofline';
import { readNetwork } from '#networks/space/parse';
import { findSpace } from '#networks/zoo/shipped';
import { distinctCases, fitRoofline, parametersOf, type Timed } from '#tasks/devices/calibration';

const bytes = { bytesPerWeight: 1, bytesPerActivation: 1 };
const networks = ['mnv4-conv-s', 'mnv4-conv-m', 'mnv4-conv-l', 'teacher-32'].map((name) =>
  readNetwork(findSpace(name)),
);

/** Returns the latency that a device of these figures would have. */
function timedOn(ridgePoint: number, peakBytesPerMs: number, overheadMs: number): Timed[] {
  const device = {
    kind: 'roofline' as const,
    name: 'd',
    source: '',
    peakMacsPerMs: ridgePoint * peakBytesPerMs,
    peakBytesPerMs,
    overheadMs,
    ...bytes,
  };
  return networks.map((network) => {
    const loads = layersOf(network).map((layer) => layerLoad(layer, bytes));
    return { name: network.name, loads, ms: loads.reduce((sum, load) => sum + layerMs(load, device), 0) };
  });
}

describe('a fitted roofline', () => {
  it('recovers the device of the latencies', () => {
    const ridgePoints = fc.double({ min: 2, max: 150, noNaN: true });
    const bandwidths = fc.double({ min: 1e5, max: 1e8, noNaN: true });
    fc.assert(
      fc.property(ridgePoints, bandwidths, (ridgePoint, peakBytesPerMs) => {
        const fit = fitRoofline(timedOn(ridgePoint, peakBytesPerMs, 0), { overhead: false });
        expect(fit.ridgePoint / ridgePoint).toBeCloseTo(1, 5);
        expect(fit.peakBytesPerMs / peakBytesPerMs).toBeCloseTo(1, 5);
        expect(fit.peakMacsPerMs / (ridgePoint * peakBytesPerMs)).toBeCloseTo(1, 5);
        expect(fit).toMatchObject({ overheadMs: 0, ridgePointIs: 'fitted' });
        expect(fit.spearman).toBeCloseTo(1, 12);
        expect(fit.meanAbsolutePercentageError).toBeLessThan(1e-6);
      }),
      { numRuns: 15 },
    );
  });

  it('recovers the overhead of the device if that is fitted too', () => {
    const fit = fitRoofline(timedOn(120, 2e6, 0.004), { overhead: true });
    expect(fit.ridgePoint).toBeCloseTo(120, 2);
    expect(fit.overheadMs).toBeCloseTo(0.004, 7);
    expect(fit.peakMacsPerMs / 240e6).toBeCloseTo(1, 5);
  });

  it('has the peak of least squares of the relative errors at a fixed ridge point', () => {
    const load = (macs: number) => [{ name: 'l', macs, weightBytes: 0, activationBytes: 0 }];
    const timed = [
      { name: 'a', loads: load(100), ms: 1 }, // 100 MACs per ms
      { name: 'b', loads: load(200), ms: 1 }, // 200
    ];
    const fit = fitRoofline(timed, { ridgePoint: 7, overhead: false });
    expect(fit.peakMacsPerMs).toBeCloseTo((100 ** 2 + 200 ** 2) / (100 + 200), 9);
    expect(fit).toMatchObject({ ridgePoint: 7, ridgePointIs: 'held' });
    expect(fit.peakBytesPerMs).toBeCloseTo(fit.peakMacsPerMs / 7, 9);
    expect(fit.rows.map(({ predictedMs }) => predictedMs)).toEqual([expect.closeTo(0.6, 9), expect.closeTo(1.2, 9)]);
    expect(fit.meanAbsolutePercentageError).toBeCloseTo(0.3, 9);
    expect(fit.leaveOneOutError).toBeCloseTo((0.5 + 1) / 2, 9); // 200 MACs per ms give 0.5 for 1, 100 give 2 for 1
  });

  it('has a leave-one-out error only if the other rows are enough to fit', () => {
    const [one, two, three] = timedOn(20, 1e6, 0) as [Timed, Timed, Timed];
    expect(fitRoofline([one, two], { overhead: false }).leaveOneOutError).toBeNull();
    expect(fitRoofline([one, two, three], { overhead: false }).leaveOneOutError).toBeLessThan(0.2);
  });

  it('leaves out whole networks for its error: repeats and other resolutions of one go with it', () => {
    const load = (macs: number) => [{ name: 'l', macs, weightBytes: 0, activationBytes: 0 }];
    const timed = [
      { name: 'a', family: 'A', loads: load(100), ms: 1 },
      { name: 'a again', family: 'A', loads: load(100), ms: 1.1 },
      { name: 'a at another resolution', family: 'A', loads: load(400), ms: 4.2 },
      { name: 'b', family: 'B', loads: load(200), ms: 3 },
      { name: 'c', family: 'C', loads: load(300), ms: 2 },
    ];
    const errors = timed.map(({ family, loads: [of], ms }) => {
      const rates = timed
        .filter((other) => other.family !== family)
        .map((other) => (other.loads[0]?.macs ?? 0) / other.ms);
      const peak = rates.reduce((sum, rate) => sum + rate ** 2, 0) / rates.reduce((sum, rate) => sum + rate, 0);
      return Math.abs((of?.macs ?? 0) / peak - ms) / ms;
    });
    const fit = fitRoofline(timed, { ridgePoint: 7, overhead: false });
    expect(fit.leaveOneOutError).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 5, 12);
    expect(fit.leaveOneOutError).toBeGreaterThan(fit.meanAbsolutePercentageError);
  });

  it('has no leave-one-out error if the remaining rows determine no fit', () => {
    const [one, two, three] = timedOn(20, 1e6, 0) as [Timed, Timed, Timed];
    const repeats = [one, { ...one, ms: 2 * one.ms }, two, two, three];
    expect(fitRoofline(repeats, { overhead: true }).leaveOneOutError).toBeNull();
    expect(fitRoofline([one, one, two, two], { overhead: false }).leaveOneOutError).toBeNull();
    expect(fitRoofline([one, one], { ridgePoint: 20, overhead: false }).leaveOneOutError).toBeNull();
    expect(fitRoofline(repeats, { overhead: false }).leaveOneOutError).not.toBeNull();
    expect([distinctCases(repeats), distinctCases([one, one])]).toEqual([3, 1]);
  });

  it('ranks networks, not their repeats, and has no rank correlation of one or of equal ones', () => {
    const [one, two] = timedOn(20, 1e6, 0) as [Timed, Timed];
    const noisy = [one, { ...one, ms: 1.3 * one.ms }, { ...one, ms: 0.8 * one.ms }, two];
    const options = { ridgePoint: 20, overhead: false };
    expect(fitRoofline(noisy, options).spearman).toBe(1);
    expect(fitRoofline(noisy.slice(0, 3), options).spearman).toBeNull();
    expect(fitRoofline([one, { ...two, ms: one.ms }], options).spearman).toBeNull();
  });

  it('has no negative overhead', () => {
    const [s, ...others] = timedOn(50, 1e6, 0) as [Timed, ...Timed[]];
    const fit = fitRoofline([{ ...s, ms: s.ms / 3 }, ...others], { ridgePoint: 50, overhead: true });
    expect(fit.overheadMs).toBe(0);
    expect(fit.peakMacsPerMs).toBeGreaterThan(0);
  });

  it('has no overhead if the rows do not distinguish it from the peak', () => {
    const loads = (macs: number) =>
      [1, 2].map((name) => ({ name: `${name}`, macs, weightBytes: macs, activationBytes: 0 }));
    const timed = [1, 1.5, 2].map((ms) => ({ name: `${ms}`, loads: loads(3e4), ms }));
    const fit = fitRoofline(timed, { ridgePoint: 7, overhead: true });
    expect(fit).toMatchObject({ overheadMs: 0 });
    expect(fit.peakMacsPerMs).toBeLessThan(1e7);
  });

  it('reports when all layers are memory-bound, or all layers with MACs compute-bound', () => {
    const memory = fitRoofline(timedOn(1000, 1e6, 0), { overhead: false });
    expect(memory).toMatchObject({ ridgePointIs: 'atLeast', peakBytesPerMs: expect.closeTo(1e6, 0) });
    expect(memory.meanAbsolutePercentageError).toBeLessThan(1e-6);
    const macsAlone = timedOn(50, 1e6, 0).map((one) => ({
      ...one,
      ms: one.loads.reduce((sum, { macs }) => sum + macs, 0) / 1e6,
    }));
    expect(fitRoofline(macsAlone, { overhead: false })).toMatchObject({ ridgePointIs: 'atMost' });
  });

  it('fits the requested number of figures', () => {
    expect(parametersOf({ overhead: false })).toBe(2);
    expect(parametersOf({ overhead: true })).toBe(3);
    expect(parametersOf({ ridgePoint: 30, overhead: true })).toBe(2);
    expect(parametersOf({ ridgePoint: 30, overhead: false })).toBe(1);
  });
});
