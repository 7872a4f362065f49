/** `mnv4-nas export`: exports a network with its weights to another format. */
import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { givenNetwork, weightsOptions } from '#cli/arguments/given-network';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { backendOptions } from '#cli/arguments/worker-options';
import { openReadyBackend } from '#cli/process/set-up';
import { Failure } from '#core/failure';
import { requireNewFolder } from '#core/files/whole-folder';
import { percent } from '#core/percent';
import { slug } from '#core/slug';
import { findRecipe } from '#networks/zoo/shipped';
import { checkExport, checkText } from '#tasks/export/check-export';
import { exporters } from '#tasks/export/exporters';
import { formats, requireInt8 } from '#tasks/export/formats';
import type { Calibration } from '#tasks/export/int8/calibrate';
import { checkInt8, int8CheckText } from '#tasks/export/int8/check-int8';
import { quantizedNetwork } from '#tasks/export/int8/quantize-network';
import { writeExport } from '#tasks/export/write-export';
import { calibrationImages } from '#tasks/project/calibration-images';
import { exportedOf } from '#tasks/project/exported';
import { trialImages } from '#tasks/project/trial-images';

const options = [
  { flag: '--to <format>', description: 'the format to write', choices: formats, required: true },
  { flag: '--out <folder>', description: 'the new folder to write (default: exports/NETWORK-FORMAT)' },
  {
    flag: '--seed <n>',
    description: 'use untrained weights drawn with this seed, to measure latency',
    parse: wholeNumber(0),
  },
  {
    flag: '--fold',
    description: 'fold batch norm into the preceding weights (default for onnx, tfjs, litert and web)',
  },
  { flag: '--no-fold', description: 'keep batch norm separate' },
  {
    flag: '--batch <n>',
    description: 'batch size of the exported model, or dynamic',
    parse: batchSize,
    default: 'dynamic',
  },
  { flag: '--int8', description: 'also write the network in int8, quantized with training images (onnx, litert, web)' },
  { flag: '--check', description: 'load the exported model and compare its logits with ours' },
  {
    flag: '--dataset <recipe>',
    description: "check and quantize with the images of this recipe's set (default: the run's)",
    parse: findRecipe,
  },
  { flag: '--folder <dir>', description: 'check and quantize with the images of the set in this folder' },
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
  examples: [
    'mnv4-nas export quickstart-train --to onnx --check',
    'mnv4-nas export quickstart-train --to web --int8 --out page',
    'mnv4-nas export mnv4-conv-s --to litert --seed 1',
  ],
  async run([what], options) {
    const { to: format, backend, threads } = options;
    const exporter = exporters[format];
    if (!exporter.isGraph) refuseGraphOptions(options);
    const batch = batchOf(options);
    if (options.int8) requireInt8(format, '--int8');
    await openReadyBackend({ backend, threads });
    const given = givenNetwork(what, options);
    const { network, run } = given;
    const folder = options.out ?? `exports/${slug(network.name)}-${format}`;
    requireNewFolder(folder, '--out');
    if (options.check) exporter.requireRuntime?.();
    const fold = options.fold ?? exporter.isGraph;
    const trial = options.check ? await trialImages(network, run, options, batch) : undefined;
    const exported = exportedOf(given, trial?.classNames);
    const int8 = options.int8 ? quantizedNetwork(given, await calibrationImages(network, run, options)) : undefined;
    const files = await writeExport(folder, exporter, exported, { fold, batch, int8 });
    const check = trial && { ...(await checkExport(folder, exporter, exported, trial.images)), on: trial.from };
    const int8Check =
      trial && int8 && exporter.int8 && (await checkInt8(folder, exporter.int8, exported, int8, trial.images));
    const facts = int8 && {
      rule: int8.rule,
      errors: int8.errors,
      equalised: int8.isEqualised,
      check: int8Check ?? null,
    };
    return {
      json: {
        network: network.name,
        format,
        folder,
        files,
        fold,
        batch: batch ?? 'dynamic',
        check: check ?? null,
        int8: facts ?? null,
      },
      text: () => {
        const lines = [`${network.name} as ${exporter.title} in ${folder}: ${files.join(', ')}`];
        if (int8 !== undefined) lines.push(rangesText(int8));
        if (check !== undefined) lines.push(`${checkText(check)} (${check.on})`);
        if (int8Check !== undefined) lines.push(int8CheckText(int8Check));
        return lines.join('\n');
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

/** The batch size of the model; undefined leaves it to the user. One that the format does not have is a usage failure. */
function batchOf({ to, batch }: ExportOptions): number | undefined {
  const given = batch === 'dynamic' ? undefined : batch;
  const only = exporters[to].batch;
  if (only === undefined || given === undefined || given === only) return only ?? given;
  throw new Failure('usage', `--batch: expected ${only} for ${to}; got ${given}`);
}

function rangesText({ rule, errors, isEqualised }: Calibration): string {
  const by = Object.entries(errors).map(([name, error]) => `${name} ${percent(error)}`);
  const channels = isEqualised ? ', channels equalised across layers' : '';
  return `int8: ranges by ${rule}, with the smallest error of the logits of training images (${by.join(', ')})${channels}`;
}

function batchSize(value: string): number | 'dynamic' {
  if (value === 'dynamic') return value;
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('expected dynamic or a number from 1 to 9999');
  return Number(value);
}
