/** `mnv4-nas describe`: what a network or a space consists of and what it costs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { resolutionOption } from '#cli/arguments/resolution-option';
import { networkText, spaceText } from '#cli/terminal/describe-text';
import { Failure } from '#core/failure';
import { statsOf } from '#core/files/files';
import { networkDescription, spaceDescription } from '#networks/cost/description';
import { readDevice } from '#networks/cost/device';
import { signaturesOf } from '#networks/cost/space-parts';
import { asNetwork, readSpace } from '#networks/space/parse';
import type { Resolution } from '#networks/space/resolution';
import type { Space } from '#networks/space/space';
import { namedSpace } from '#networks/zoo/named-network';
import { findDevice } from '#networks/zoo/shipped';

interface DescribeOptions {
  readonly resolution?: Resolution;
  readonly classes?: number;
  readonly device: readonly string[];
  readonly byLayer?: boolean;
  readonly signatures?: boolean;
  readonly json?: boolean;
}

export function describeCommand(): Command {
  return new Command('describe')
    .description(
      'layers, shapes, parameters, MACs, bytes and latency of a network or run; choices and extremes of a space',
    )
    .argument('<network>', 'a network or space (a YAML file, or the name of a shipped one), or the folder of a run')
    .option(...resolutionOption('describe it'))
    .option('--classes <n>', 'describe it with this many classes', count)
    .option('--device <names...>', 'latency on these devices (shipped names or YAML files)', [])
    .option('--by-layer', 'one row per layer, with what it is bound by')
    .option('--signatures', 'the signatures of all its layers, one a line, as a table device names them')
    .option('--json', 'print one JSON document')
    .action((what: string, options: DescribeOptions) => {
      process.stdout.write(`${describe(what, options)}\n`);
    });
}

/** The description as text, or as JSON where asked. */
export function describe(what: string, options: DescribeOptions): string {
  const space = resized(described(what), options);
  if (options.signatures) {
    const signatures = signaturesOf(space);
    return options.json ? JSON.stringify(signatures) : signatures.join('\n');
  }
  const devices = [...new Set(options.device)].map((name) => ({ name, device: readDevice(findDevice(name)) }));
  if (space.choices.length === 0) {
    const network = asNetwork(space, what);
    const description = networkDescription(network, devices);
    return options.json
      ? JSON.stringify(description)
      : networkText(network, description, devices, options.byLayer ?? false);
  }
  if (options.byLayer) throw new Failure('usage', `--by-layer: expected a network; got the space ${space.name}`);
  const description = spaceDescription(space, devices);
  return options.json ? JSON.stringify(description) : spaceText(description, devices);
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
