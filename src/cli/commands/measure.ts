/** `mnv4-nas measure`: measures the latency of networks on this host with ONNX Runtime. */
import { cpus } from 'node:os';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { resolutionOption } from '#cli/arguments/resolution-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { type FileContent, requireNewFolder, writeFolder } from '#core/files/whole-folder';
import { randomStream } from '#core/random';
import { drawNetworks } from '#networks/space/draw-networks';
import { countNetworks } from '#networks/space/networks';
import { readSpace } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { resolutionText } from '#networks/space/resolution';
import { type Architecture, close } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { namedNetwork } from '#networks/zoo/named-network';
import { findSpace } from '#networks/zoo/shipped';
import { interleaved } from '#tasks/devices/interleaved';
import { type LatencyRow, latencyCsv } from '#tasks/devices/latency-rows';
import { type NetworkSubject, networkSubject } from '#tasks/devices/network-subject';

const options = [
  resolutionOption,
  { flag: '--space <space>', description: 'measure architectures of this search space, drawn at random' },
  {
    flag: '--samples <n>',
    description: 'number of different architectures to draw (default: 30, or all of a smaller space)',
    parse: wholeNumber(1, 1000),
  },
  { flag: '--seed <n>', description: 'seed of the draw (default: 0)', parse: wholeNumber(0) },
  {
    flag: '--output <folder>',
    description: 'a new folder for rows.csv and a YAML file of each drawn architecture',
  },
  { flag: '--threads <n>', description: 'threads of ONNX Runtime', parse: wholeNumber(1, 1024), default: 1 },
  {
    flag: '--repeats <n>',
    description: 'measurements of each network; the result is their median',
    parse: wholeNumber(1, 10_000),
    default: 15,
  },
  { ...jsonOption, description: 'print one JSON document instead of CSV' },
] as const satisfies readonly OptionSpec[];

type MeasureOptions = OptionsOf<typeof options>;

export const measure = defineCommand({
  description: 'measure the latency of networks on this machine in ms: ONNX Runtime, float32, one image at a time',
  arguments: [
    {
      name: '[networks...]',
      description: 'networks as NAME[-FACTORx][@PIXELS] or FILE.yaml[@PIXELS]; PIXELS may be HEIGHTxWIDTH',
    },
  ],
  options,
  async run([names], options) {
    const { output, threads } = options;
    const networks = options.space === undefined ? given(names, options) : drawn(names, options.space, options);
    if (output !== undefined) requireNewFolder(output, '--output');
    const { rows, runtime } = await measured(networks, options);
    const host = { processor: cpus()[0]?.model.trim() ?? 'unknown', threads, runtime };
    const csv = latencyCsv(rows, [`${host.processor}, threads: ${threads}; ${runtime}, float32, one image.`]);
    if (output !== undefined) {
      writeFolder(output, [{ name: 'rows.csv', content: csv }, ...drawnFiles(networks, options)]);
    }
    return { json: { ...host, rows }, text: () => csv };
  },
});

/** A network with its name in the rows. */
interface Named {
  readonly name: string;
  readonly network: Architecture;
}

function given(names: readonly string[], { samples, seed, resolution }: MeasureOptions): readonly Named[] {
  if (names.length === 0) throw new Failure('usage', 'measure: expected networks or --space; got neither');
  const lacking = samples !== undefined ? '--samples' : seed !== undefined ? '--seed' : undefined;
  if (lacking !== undefined) throw new Failure('usage', `${lacking}: expected --space too; got networks`);
  return distinct(
    names.map((name) => ({ name: withoutResolution(name), network: resized(namedNetwork(name), resolution) })),
  );
}

/** Refuses networks with the same name and resolution, since their rows could not be told apart. */
function distinct(networks: readonly Named[]): readonly Named[] {
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
function drawn(names: readonly string[], spaceName: string, options: MeasureOptions): Named[] {
  const { seed = 0, output, resolution } = options;
  if (names.length > 0) throw new Failure('usage', 'measure: expected networks or --space; got both');
  if (output === undefined) throw new Failure('usage', '--space: expected --output too, where the drawn networks go');
  const space = readSpace(findSpace(spaceName));
  const { networks } = countNetworks(space);
  const samples = options.samples ?? Math.min(30, Number(networks));
  const found = networks < BigInt(samples) ? [] : drawNetworks(space, randomStream(`${seed}/measure`), samples);
  if (found.length < samples) {
    const most = found.length || networks;
    throw new Failure(
      'usage',
      `--samples: expected at most ${most}, all different networks of ${space.name}; got ${samples}`,
    );
  }
  return found.map((decisions, i) => {
    const name = `${String(i + 1).padStart(3, '0')}.yaml`;
    return { name, network: { ...resized(close(space, decisions), resolution), name: `${space.name} ${name}` } };
  });
}

function resized(network: Architecture, resolution = network.input.resolution): Architecture {
  return { ...network, input: { ...network.input, resolution } };
}

function drawnFiles(networks: readonly Named[], { space, seed = 0 }: MeasureOptions): FileContent[] {
  if (space === undefined) return [];
  return networks.map(({ name, network }) => {
    return { name, content: printSpace(asSpace(network), { drawnFrom: space, seed }) };
  });
}

/** Measures the networks and returns a row for each, with the name of the runtime. */
async function measured(networks: readonly Named[], { threads, repeats }: MeasureOptions) {
  openBackend({ threads: 1 }); // a forward pass finds names and shapes of the weights
  const reporter = standardReporter();
  const subjects: NetworkSubject[] = [];
  try {
    for (const { name, network } of networks) {
      subjects.push(await networkSubject(name, network, threads));
    }
    const tell = (step: number) => reporter.progress({ stage: 'measure', step, steps: repeats });
    const timings = await interleaved(subjects, { repeats, warmup: 3, clock: () => performance.now(), tell });
    const rows = timings.map((timing, i): LatencyRow => {
      const { name, network } = networks[i] as Named;
      return { ...timing, network: name, resolution: network.input.resolution };
    });
    return { rows, runtime: subjects[0]?.runtime ?? '' };
  } finally {
    for (const subject of subjects) await subject.release();
    reporter.close();
  }
}
