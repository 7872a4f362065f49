/** `mnv4-nas describe`: shows the parts and costs of a network or a search space. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec, type OptionsOf, type Output } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { resolutionOption } from '#cli/arguments/resolution-option';
import { networkText, spaceText } from '#cli/terminal/describe-text';
import { Failure } from '#core/failure';
import { statsOf } from '#core/files/files';
import { networkDescription, spaceDescription } from '#networks/cost/description';
import { readDevice } from '#networks/cost/device';
import { signaturesOf } from '#networks/cost/space-parts';
import { asNetwork, readSpace } from '#networks/space/parse';
import type { Space } from '#networks/space/space';
import { namedSpace } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';

const options = [
  resolutionOption,
  { flag: '--classes <n>', description: 'use this number of classes', parse: count },
  { flag: '--device <devices...>', description: 'show the latency on these devices (shipped names or YAML files)' },
  { flag: '--by-layer', description: 'print one row per layer, with what bounds its latency: compute or memory' },
  {
    flag: '--signatures',
    description: 'print only the signatures of all possible layers, for a latency table of measured layers',
  },
  jsonOption,
] as const satisfies readonly OptionSpec[];

type DescribeOptions = OptionsOf<typeof options>;

export const describe = defineCommand({
  description:
    'show the layers, shapes, parameters, MACs, bytes and latency of a network or run; or the choices, size and extremes of a search space',
  arguments: [
    {
      name: '<network-or-space>',
      description: 'a network or space (a YAML file, or the name of a shipped one), or the folder of a run',
    },
  ],
  options,
  examples: [
    'mnv4-nas describe mnv4-conv-s --device pixel-6-cpu pixel-8-edgetpu',
    'mnv4-nas describe mobilenet-v2-0.5x@160 --by-layer',
    'mnv4-nas describe search-spaces/tiny.coarse.yaml',
  ],
  run([what], options) {
    const space = resized(described(what), options);
    if (options.signatures) return signatures(space);
    return space.choices.length === 0 ? network(space, what, options) : choices(space, options);
  },
});

function signatures(space: Space): Output {
  const json = signaturesOf(space);
  return { json, text: () => json.join('\n') };
}

function network(space: Space, what: string, options: DescribeOptions): Output {
  const architecture = asNetwork(space, what);
  const devices = namedDevices(options);
  const json = networkDescription(architecture, devices);
  return { json, text: () => networkText(architecture, json, devices, options.byLayer ?? false) };
}

function choices(space: Space, options: DescribeOptions): Output {
  const devices = namedDevices(options);
  if (options.byLayer) throw new Failure('usage', `--by-layer: expected a network; got the space ${space.name}`);
  const json = spaceDescription(space, devices);
  return { json, text: () => spaceText(json, devices) };
}

function namedDevices({ device = [] }: DescribeOptions) {
  return [...new Set(device)].map((name) => ({ name, device: readDevice(findDevice(name)) }));
}

function described(what: string): Space {
  if (!statsOf(what)?.isDirectory()) return namedSpace(what);
  const result = join(what, 'architecture.yaml');
  if (existsSync(result)) return readSpace(result);
  throw new Failure('config', `${what}: expected a run with a result, architecture.yaml; got a folder without`);
}

function resized(space: Space, { resolution, classes }: DescribeOptions): Space {
  const input = { ...space.input, resolution: resolution ?? space.input.resolution };
  return { ...space, input, classes: classes ?? space.classes };
}

function count(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('expected an integer from 1.');
  return Number(value);
}
