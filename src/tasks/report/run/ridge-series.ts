/** The latency of networks over the ridge point of the device: where arithmetic and where memory bounds them. */
import type { Device } from '#networks/cost/device';
import { type BytesPerValue, layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { ridgePoint } from '#networks/cost/roofline';
import type { Architecture } from '#networks/space/space';
import { latencyInMacs } from '#tasks/devices/ridge-sweep';

const from = 0.5; // MACs per byte
const to = 500; // the end of the paper's sweep
const points = 61;

/** Ridge points at equal ratios from 0.5 to 500 MACs per byte, with that of the device among them. */
export function sweptRidgePoints(device: Device | undefined): number[] {
  const steps = Array.from({ length: points }, (_, i) => from * (to / from) ** (i / (points - 1)));
  const own = device?.kind === 'roofline' ? [ridgePoint(device)] : [];
  return [...steps, ...own.filter((point) => point >= from && point <= to)].sort((a, b) => a - b);
}

/**
 * Returns the latency of a network at each ridge point: in ms on a roofline device whose arithmetic stays as fast while
 * its memory is made faster or slower, so that at the device's ridge point it is the latency on the device. Without such
 * a device, in units of the time that 1,000 MACs take.
 */
export function ridgeSeries(
  network: Architecture,
  device: Device | undefined,
  ridgePoints: readonly number[],
): number[] {
  const bytes: BytesPerValue = device ?? { bytesPerWeight: 1, bytesPerActivation: 1 };
  const loads = layersOf(network).map((layer) => layerLoad(layer, bytes));
  return ridgePoints.map((point) => {
    const macs = latencyInMacs(loads, point);
    if (device?.kind !== 'roofline') return macs / 1000;
    return macs / device.peakMacsPerMs + loads.length * device.overheadMs;
  });
}
