/** `mnv4-nas export`: a network with its weights, where people use it. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { givenNetwork, type WeightOptions, withWeightsOptions } from '#cli/arguments/given-network';
import { wholeNumber, withBackendOptions } from '#cli/arguments/shared-options';
import { Failure } from '#core/failure';
import { requireNewFolder } from '#core/files/whole-folder';
import { slug } from '#core/slug';
import { type BackendOptions, openBackend } from '#networks/tensor/backend';
import { checkExport, checkText } from '#tasks/export/check-export';
import { exporters, type Format, formats } from '#tasks/export/exporters';
import { writeExport } from '#tasks/export/write-export';
import { exportedOf } from './exported.js';
import { type ImageOptions, trialImages } from './trial-images.js';

interface ExportCommandOptions extends BackendOptions, WeightOptions, ImageOptions {
  readonly to: Format;
  readonly out?: string;
  readonly fold?: boolean;
  readonly batch: number | 'dynamic';
  readonly check?: true;
  readonly json?: true;
}

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write a network with its weights in a format of others')
    .argument('<network>', 'a training run, by id or folder; or a network, with --weights or --seed')
    .addOption(new Option('--to <format>', 'the format').choices(formats).makeOptionMandatory())
    .option('--out <folder>', 'the new folder to write (default: exports/NETWORK-FORMAT)')
    .option('--seed <n>', 'fresh weights of this seed instead: not trained, for measuring time', wholeNumber(0))
    .option('--fold', 'fold batch norm into the weights before it (default for onnx and tfjs)')
    .option('--no-fold', 'keep batch norm by itself')
    .option('--batch <n>', 'images at a time, or dynamic', batchSize, 'dynamic')
    .option('--check', 'load what was written, and compare its logits with ours')
    .option('--dataset <recipe>', "check on the test images of this recipe's set (default: the run's)")
    .option('--folder <dir>', 'check on the test images of the set in this folder')
    .option('--root <folder>', 'the folder of the runs', 'runs')
    .option('--json', 'print one JSON document');
  return withBackendOptions(withWeightsOptions(command)).action(exportAction);
}

async function exportAction(what: string, options: ExportCommandOptions): Promise<void> {
  const { to: format, backend, threads } = options;
  const exporter = exporters[format];
  if (!exporter.isGraph) refuseGraphOptions(options);
  openBackend({ backend, threads });
  const given = givenNetwork(what, options);
  const { network, run } = given;
  const folder = options.out ?? `exports/${slug(network.name)}-${format}`;
  requireNewFolder(folder, '--out');
  const fold = options.fold ?? exporter.isGraph;
  const batch = options.batch === 'dynamic' ? undefined : options.batch;
  const trial = options.check && trialImages(network, run, options, batch);
  const exported = exportedOf(given, trial?.classNames);
  const files = await writeExport(folder, exporter, exported, { fold, batch });
  const check = trial && { ...(await checkExport(folder, exporter, exported, trial.images)), on: trial.from };
  if (options.json) {
    const printed = { network: network.name, format, folder, files, fold, batch: options.batch, check: check ?? null };
    process.stdout.write(`${JSON.stringify(printed)}\n`);
    return;
  }
  process.stdout.write(`${network.name} as ${exporter.title} in ${folder}: ${files.join(', ')}\n`);
  if (check) process.stdout.write(`${checkText(check)} (${check.on})\n`);
}

/** Weights alone have no batch norm to fold and no batch. */
function refuseGraphOptions({ to, fold, batch }: ExportCommandOptions): void {
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
