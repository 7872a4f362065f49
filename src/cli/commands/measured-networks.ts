/** The networks that `measure` measures: named ones, or architectures drawn from a space. */
import { Failure } from '#core/failure';
import type { FileContent } from '#core/files/whole-folder';
import { randomStream } from '#core/random';
import { coveringNetworks } from '#networks/cost/covering-networks';
import { drawNetworks } from '#networks/space/draw-networks';
import { countNetworks } from '#networks/space/networks';
import { readSpace } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { type Resolution, resolutionText } from '#networks/space/resolution';
import { type Architecture, close, type Decisions, type Space } from '#networks/space/space';
import { namedNetwork } from '#networks/zoo/named-network';
import { findSpace } from '#networks/zoo/shipped';

/** A network with its name in the rows. */
export interface MeasuredNetwork {
  readonly name: string;
  readonly network: Architecture;
}

export interface NetworkOptions {
  readonly space?: string | undefined;
  readonly samples?: number | undefined;
  readonly seed?: number | undefined;
  readonly output?: string | undefined;
  readonly resolution?: Resolution | undefined;
  readonly byLayer?: boolean | undefined;
}

/** Returns the named networks or, with `--space`, drawn ones; a usage failure for both, neither or repeated names. */
export function measuredNetworks(names: readonly string[], options: NetworkOptions): readonly MeasuredNetwork[] {
  return options.space === undefined ? given(names, options) : drawn(names, options.space, options);
}

function given(names: readonly string[], { samples, seed, resolution }: NetworkOptions): readonly MeasuredNetwork[] {
  if (names.length === 0) throw new Failure('usage', 'measure: expected networks or --space; got neither');
  const lacking = samples !== undefined ? '--samples' : seed !== undefined ? '--seed' : undefined;
  if (lacking !== undefined) throw new Failure('usage', `${lacking}: expected --space too; got networks`);
  return distinct(
    names.map((name) => ({ name: withoutResolution(name), network: resized(namedNetwork(name), resolution) })),
  );
}

/** Refuses networks with the same name and resolution, since their rows could not be told apart. */
function distinct(networks: readonly MeasuredNetwork[]): readonly MeasuredNetwork[] {
  const names = networks.map(({ name, network }) => `${name}@${resolutionText(network.input.resolution)}`);
  const again = names.find((name, i) => names.indexOf(name) < i);
  if (again === undefined) return networks;
  throw new Failure(
    'usage',
    `measure: expected each network once; got ${again} again`,
    'measure each network more often with --repeats',
  );
}

/** Removes the resolution from the name, since the rows have a column for it. */
function withoutResolution(name: string): string {
  return name.replace(/@\d+(x\d+)?$/, '');
}

/** Draws different architectures of a space, named `001.yaml`, `002.yaml`… */
function drawn(names: readonly string[], spaceName: string, options: NetworkOptions): MeasuredNetwork[] {
  const { output, resolution, byLayer } = options;
  if (names.length > 0) throw new Failure('usage', 'measure: expected networks or --space; got both');
  if (output === undefined) throw new Failure('usage', '--space: expected --output too, where the drawn networks go');
  const space = resized(readSpace(findSpace(spaceName)), resolution);
  return (byLayer ? withAllLayers(space, options) : sampled(space, options)).map((decisions, i) => {
    const name = `${String(i + 1).padStart(3, '0')}.yaml`;
    return { name, network: { ...close(space, decisions), name: `${space.name} ${name}` } };
  });
}

function sampled(space: Space, { seed = 0, samples: wanted }: NetworkOptions): Decisions[] {
  const { networks } = countNetworks(space);
  const samples = wanted ?? Math.min(30, Number(networks));
  const found = networks < BigInt(samples) ? [] : drawNetworks(space, randomStream(`${seed}/measure`), samples);
  if (found.length === samples) return found;
  const most = found.length || networks;
  throw new Failure(
    'usage',
    `--samples: expected at most ${most}, all different networks of ${space.name}; got ${samples}`,
  );
}

function withAllLayers(space: Space, { seed = 0, samples }: NetworkOptions): Decisions[] {
  if (samples === undefined) return coveringNetworks(space, randomStream(`${seed}/measure`));
  throw new Failure('usage', '--samples: expected none with --by-layer, which draws until each layer occurs; got one');
}

function resized<T extends Architecture | Space>(network: T, resolution = network.input.resolution): T {
  return { ...network, input: { ...network.input, resolution } };
}

/** Returns a YAML file of each drawn network. */
export function drawnFiles(networks: readonly MeasuredNetwork[], { space, seed = 0 }: NetworkOptions): FileContent[] {
  if (space === undefined) return [];
  return networks.map(({ name, network }) => {
    return { name, content: printSpace(asSpace(network), { drawnFrom: space, seed }) };
  });
}
