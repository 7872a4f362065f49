/** `mnv4-nas measure`: measures the latency of networks on this host in the runtimes of their users. */
import { cpus } from 'node:os';
import { basename, resolve } from 'node:path';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { resolutionOption } from '#cli/arguments/resolution-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { openReadyBackend } from '#cli/process/set-up';
import { standardReporter } from '#cli/terminal/log';
import { type FileContent, requireNewFolder, writeFolder } from '#core/files/whole-folder';
import { modelRuntimes } from '#data/runtimes/model-runtimes';
import { interleaved, type Timing } from '#tasks/devices/interleaved';
import { type LatencyRow, latencyCsv } from '#tasks/devices/latency-rows';
import { layerTableFiles } from '#tasks/devices/layer-table';
import type { NetworkSubject } from '#tasks/devices/network-subject';
import { openRuntime } from '#tasks/devices/timed-runtime';
import { layersText, type MeasuredLayers, measuredLayers, profilerOf } from './measured-layers.js';
import { drawnFiles, type MeasuredNetwork, measuredNetworks } from './measured-networks.js';

const options = [
  resolutionOption,
  { flag: '--runtime <name>', description: 'program that runs the networks', choices: modelRuntimes, default: 'onnx' },
  { flag: '--int8', description: 'measure the networks in int8, with ranges of noise (default: float32)' },
  { flag: '--by-layer', description: 'also measure each layer, and write a table of layers for a device profile' },
  { flag: '--space <space>', description: 'measure architectures of this search space, drawn at random' },
  {
    flag: '--samples <n>',
    description: 'number of different architectures to draw (default: 30, or all of a smaller space)',
    parse: wholeNumber(1, 1000),
  },
  { flag: '--seed <n>', description: 'seed of the draw (default: 0)', parse: wholeNumber(0) },
  {
    flag: '--output <folder>',
    description: 'a new folder for rows.csv, the files of --by-layer and a YAML file of each drawn architecture',
  },
  { flag: '--threads <n>', description: 'threads of the runtime', parse: wholeNumber(1, 1024), default: 1 },
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
  description: 'measure the latency of networks on this machine in ms: ONNX Runtime or LiteRT, one image at a time',
  arguments: [
    {
      name: '[networks...]',
      description: 'networks as NAME[-FACTORx][@PIXELS] or FILE.yaml[@PIXELS]; PIXELS may be HEIGHTxWIDTH',
    },
  ],
  options,
  examples: [
    'mnv4-nas measure mnv4-conv-s mobilenet-v2-0.5x@160 --runtime litert',
    'mnv4-nas measure --space mnv4-conv-s.coarse --samples 20 --output measured',
  ],
  async run([names], options) {
    const { output, threads } = options;
    const networks = measuredNetworks(names, options);
    if (output !== undefined) requireNewFolder(output, '--output');
    const { rows, runtime, layers } = await measured(networks, options);
    const host: Host = {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      threads,
      runtime,
      precision: precisionOf(options),
    };
    const about = comments(host, rows);
    const csv = latencyCsv(rows, about);
    if (output !== undefined) {
      const layerFiles = layers === undefined ? [] : filesOf(layers, output, host, about);
      writeFolder(output, [{ name: 'rows.csv', content: csv }, ...layerFiles, ...drawnFiles(networks, options)]);
    }
    return {
      json: { ...host, rows, ...(layers && { networks: layers.networks, layers: layers.table }) },
      text: () => (layers === undefined ? csv : [csv, layersText(layers, options.space === undefined)].join('\n')),
    };
  },
});

function precisionOf({ int8 }: MeasureOptions): 'float32' | 'int8' {
  return int8 ? 'int8' : 'float32';
}

/** Measures the networks and returns a row for each, with the name of the runtime. */
async function measured(networks: readonly MeasuredNetwork[], options: MeasureOptions) {
  const runtime = openRuntime(options.runtime, precisionOf(options), options.threads);
  const reporter = standardReporter();
  try {
    const openProfiled = options.byLayer ? profilerOf(runtime, options.runtime) : undefined;
    await openReadyBackend({ threads: 1 }); // a forward pass finds names and shapes of the weights
    const subjects: NetworkSubject[] = [];
    for (const { name, network } of networks) subjects.push(await runtime.open(name, network));
    const tell = (step: number) => reporter.progress({ stage: 'measure', step, steps: options.repeats });
    const turns = { repeats: options.repeats, warmup: 3, tell };
    const layers = openProfiled && (await measuredLayers(networks, subjects, openProfiled, turns));
    const timings = layers?.timings ?? (await interleaved(subjects, turns));
    return { rows: rowsOf(networks, subjects, timings), runtime: subjects[0]?.runtime ?? '', layers };
  } finally {
    await runtime.close();
    reporter.close();
  }
}

function rowsOf(
  networks: readonly MeasuredNetwork[],
  subjects: readonly NetworkSubject[],
  timings: readonly Timing[],
): LatencyRow[] {
  return timings.map((timing, i) => {
    const { name, network } = networks[i] as MeasuredNetwork;
    const { delegated } = subjects[i] as NetworkSubject;
    return { ...timing, network: name, resolution: network.input.resolution, ...(delegated && { delegated }) };
  });
}

/** Returns the files of a device of measured layers, which is named after the folder. */
function filesOf({ table }: MeasuredLayers, folder: string, host: Host, about: readonly string[]): FileContent[] {
  const bytes = host.precision === 'int8' ? 1 : 4;
  const each = { bytesPerWeight: bytes, bytesPerActivation: bytes };
  return layerTableFiles(basename(resolve(folder)), table, each, about.join(' '));
}

interface Host {
  readonly processor: string;
  readonly threads: number;
  readonly runtime: string;
  readonly precision: 'float32' | 'int8';
}

/** Says where the rows come from, and how many turns were never undisturbed. */
function comments({ processor, threads, runtime, precision }: Host, rows: readonly LatencyRow[]): string[] {
  const ranges = precision === 'int8' ? ' with ranges of noise, so that only its latency counts' : '';
  const interrupted = rows.reduce((sum, row) => sum + row.interrupted, 0);
  const turns = rows.reduce((sum, row) => sum + row.repeats, 0);
  const time = threads === 1 ? 'time on the processor' : 'time with interruptions';
  return [
    `${processor}, threads: ${threads}; ${runtime}, ${precision}${ranges}, one image.`,
    ...(interrupted > 0
      ? [`Other programs interrupted ${interrupted} of ${turns} turns; these count with their ${time}.`]
      : []),
  ];
}
