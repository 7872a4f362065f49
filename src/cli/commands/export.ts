/** `mnv4-nas export`: exports a network with its weights to another format. */
import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { givenNetwork, weightsOptions } from '#cli/arguments/given-network';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { backendOptions } from '#cli/arguments/worker-options';
import { Failure } from '#core/failure';
import { requireNewFolder } from '#core/files/whole-folder';
import { slug } from '#core/slug';
import { openBackend } from '#networks/tensor/backend';
import { checkExport, checkText } from '#tasks/export/check-export';
import { exporters } from '#tasks/export/exporters';
import { formats } from '#tasks/export/formats';
import { writeExport } from '#tasks/export/write-export';
import { exportedOf } from './exported.js';
import { trialImages } from './trial-images.js';

const options = [
  { flag: '--to <format>', description: 'the format to write', choices: formats, required: true },
  { flag: '--out <folder>', description: 'the new folder to write (default: exports/NETWORK-FORMAT)' },
  {
    flag: '--seed <n>',
    description: 'use untrained weights drawn with this seed, to measure latency',
    parse: wholeNumber(0),
  },
  { flag: '--fold', description: 'fold batch norm into the preceding weights (default for onnx, tfjs and litert)' },
  { flag: '--no-fold', description: 'keep batch norm separate' },
  {
    flag: '--batch <n>',
    description: 'batch size of the exported model, or dynamic',
    parse: batchSize,
    default: 'dynamic',
  },
  { flag: '--check', description: 'load the exported model and compare its logits with ours' },
  { flag: '--dataset <recipe>', description: "check on the test images of this recipe's set (default: the run's)" },
  { flag: '--folder <dir>', description: 'check on the test images of the set in this folder' },
  rootOption,
  jsonOption,
  ...weightsOptions,
  ...backendOptions,
] as const satisfies readonly OptionSpec[];

type ExportOptions = OptionsOf<typeof options>;

export const exportNetwork = defineCommand({
  arguments: [
    {
      name: '<network>',
      description: 'a training run, by id or folder; or a network, with --weights or --seed',
    },
  ],
  options,
  async run([what], options) {
    const { to: format, backend, threads } = options;
    const exporter = exporters[format];
    if (!exporter.isGraph) refuseGraphOptions(options);
    openBackend({ backend, threads });
    const given = givenNetwork(what, options);
    const { network, run } = given;
    const folder = options.out ?? `exports/${slug(network.name)}-${format}`;
    requireNewFolder(folder, '--out');
    if (options.check) exporter.requireRuntime?.();
    const fold = options.fold ?? exporter.isGraph;
    const batch = options.batch === 'dynamic' ? undefined : options.batch;
    const trial = options.check ? await trialImages(network, run, options, batch) : undefined;
    const exported = exportedOf(given, trial?.classNames);
    const files = await writeExport(folder, exporter, exported, { fold, batch });
    const check = trial && { ...(await checkExport(folder, exporter, exported, trial.images)), on: trial.from };
    return {
      json: { network: network.name, format, folder, files, fold, batch: options.batch, check: check ?? null },
      text: () => {
        const written = `${network.name} as ${exporter.title} in ${folder}: ${files.join(', ')}`;
        return check === undefined ? written : `${written}\n${checkText(check)} (${check.on})`;
      },
    };
  },
});

/** Refuses --fold and --batch for formats of weights alone, which have no graph to fold and no batch. */
function refuseGraphOptions({ to, fold, batch }: ExportOptions): void {
  const [flag] = [...(fold === true ? ['--fold'] : []), ...(batch === 'dynamic' ? [] : ['--batch'])];
  if (flag === undefined) return;
  const graphs = formats.filter((format) => exporters[format].isGraph).join(' or ');
  throw new Failure('usage', `${flag}: expected a format with a graph, ${graphs}; got ${to}`);
}

function batchSize(value: string): number | 'dynamic' {
  if (value === 'dynamic') return value;
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('expected dynamic or a number from 1 to 9999');
  return Number(value);
}
