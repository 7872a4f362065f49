/** Costs of networks and search spaces, computed without TensorFlow. */
import { networkDescription, spaceDescription } from '#networks/cost/description';
import { readDevice } from '#networks/cost/device';
import { latencyMs } from '#networks/cost/latency';
import { asNetwork } from '#networks/space/parse';
import { findDevice } from '#networks/zoo/shipped';
import { readReference } from './reference.js';

/** Height and width of an input in pixels; one number for a square. */
export type Resolution = number | { readonly height: number; readonly width: number };

/** Size and costs of a network. */
export interface NetworkDescription {
  readonly kind: 'network';
  readonly name: string;
  readonly resolution: Resolution;
  readonly classes: number;
  /** Trained parameters, those of batch norm included. */
  readonly params: number;
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** Most bytes of activations alive at once, for one image, on the first device; in int8 without a device. */
  readonly peakActivationBytes: number;
  /** Milliseconds for one image, by device. */
  readonly latencyMs: Readonly<Record<string, number>>;
}

/** Size and range of a search space. */
export interface SpaceDescription {
  readonly kind: 'space';
  readonly name: string;
  readonly resolution: Resolution;
  readonly classes: number;
  /** Number of choices. */
  readonly choices: number;
  /** Number of ways to decide the choices. */
  readonly size: bigint;
  /** The architectures with the fewest and the most multiply-accumulates. */
  readonly cheapest: SpacePoint;
  readonly dearest: SpacePoint;
}

/** Costs of one architecture of a space. */
export interface SpacePoint {
  readonly params: number;
  readonly macs: number;
  /** Milliseconds for one image, by device. */
  readonly latencyMs: Readonly<Record<string, number>>;
}

/**
 * Describes a network or a search space.
 *
 * @param what     the name of a shipped one, such as `mnv4-conv-s` or `mobilenet-v1-0.5x@192`, a YAML file, or
 *                 the folder of a finished run
 * @param devices  devices for the latencies: names of shipped profiles, such as `pixel-6-cpu`, or YAML files
 * @throws Failure `config` if a file does not exist or has mistakes
 */
export function describe(what: string, devices: readonly string[] = []): NetworkDescription | SpaceDescription {
  const space = readReference(what);
  const named = devices.map((name) => ({ name, device: readDevice(findDevice(name)) }));
  if (space.choices.length === 0) {
    const { name, resolution, classes, params, macs, ...rest } = networkDescription(asNetwork(space, what), named);
    const { peakActivationBytes, latencyMs } = rest;
    return { kind: 'network', name, resolution, classes, params, macs, peakActivationBytes, latencyMs };
  }
  const { choices, size, cheapest, dearest, ...about } = spaceDescription(space, named);
  const { name, resolution, classes } = about;
  return {
    kind: 'space',
    ...{ name, resolution, classes },
    choices: choices.length,
    size: BigInt(size),
    cheapest: pointOf(cheapest),
    dearest: pointOf(dearest),
  };
}

function pointOf({ params, macs, latencyMs }: SpacePoint): SpacePoint {
  return { params, macs, latencyMs };
}

/**
 * Estimates the latency of a network for one image, in ms, by the roofline model of a device or its table of measured
 * layers (MobileNetV4, arXiv:2404.10518).
 *
 * @param network  as in `describe`; a space with choices is a failure
 * @param device   the name of a shipped profile, or a YAML file
 * @throws Failure `config`
 */
export function estimateLatency(network: string, device: string): number {
  return latencyMs(asNetwork(readReference(network), network), readDevice(findDevice(device)));
}
