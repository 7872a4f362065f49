/** `mnv4-nas dataset`: real images in, a distillation set out. */
import { dirname } from 'node:path';
import { Command } from 'commander';
import { type WorkerOptions, withWorkerOptions } from '#cli/arguments/shared-options';
import { stopOnSignal } from '#cli/process/stop-signal';
import { type Reporter, standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { requireAugmentation } from '#data/images/augment/augment-fit';
import { type DatasetName, datasetNames, datasets } from '#data/images/datasets';
import { fetchDataset } from '#data/images/fetch/fetch';
import { formOf } from '#data/images/image-source';
import { datasetFolder, openSource } from '#data/images/open-source';
import { builtSetFolder } from '#data/sets/built-set';
import { type Manifest, readManifest } from '#data/sets/manifest';
import { verifyDistillationSet } from '#data/sets/verify';
import { type BuildProgress, buildDistillationSet } from '#tasks/distill/build';
import { planBuild } from '#tasks/distill/build-plan';
import { readBuildRecipe } from '#tasks/distill/build-recipe';
import type { LoadTeachers } from '#tasks/distill/build-teacher';

export interface DatasetPorts {
  /** Loads teachers that compute as the options say. */
  readonly loadTeachers: (...args: [...Parameters<LoadTeachers>, WorkerOptions]) => ReturnType<LoadTeachers>;
}

interface BuildOptions extends WorkerOptions {
  readonly to?: string;
  readonly json?: true;
}

export function datasetCommand({ loadTeachers }: DatasetPorts): Command {
  const command = new Command('dataset').description('fetch real images; build, show and verify distillation sets');
  command
    .command('fetch')
    .description(`bring a small real data set onto this machine: ${datasetNames.join(', ')}`)
    .argument('<name>', 'the data set')
    .option('--to <dir>', 'where to put its files (default: the cache)')
    .option('--json', 'print one JSON document')
    .action(fetchAction);
  withWorkerOptions(command.command('build'))
    .description('build a distillation set; run again, it goes on where it stopped')
    .argument('<recipe>', 'a *.dataset.yaml')
    .option('--to <dir>', 'the folder of the set (default: in the cache, where searches look for it)')
    .option('--json', 'print one JSON document')
    .action((recipe: string, options: BuildOptions) => buildAction(recipe, options, loadTeachers));
  command
    .command('info')
    .description('what a distillation set holds and how it was made')
    .argument('<dir>', 'the folder of the set')
    .option('--json', 'print one JSON document')
    .action((folder: string, options: { json?: true }) => print(readManifest(folder), options));
  command
    .command('verify')
    .description('re-read a distillation set and list all damage')
    .argument('<dir>', 'the folder of the set')
    .option('--json', 'print one JSON document')
    .action(verifyAction);
  return command;
}

async function fetchAction(name: string, options: { to?: string; json?: true }): Promise<void> {
  if (!isDatasetName(name)) {
    const expected = `expected one of ${datasetNames.join(', ')}`;
    throw new Failure('usage', `dataset fetch: ${expected}; got ${name}${suggestion(name, datasetNames)}`);
  }
  const reporter = standardReporter();
  const fetched = await fetchDataset(datasets[name], options.to ?? datasetFolder(name), reporter.note);
  if (!fetched.official) reporter.warn(`${name}: ${fetched.provenance}`);
  const where = fetched.origin === undefined ? 'there already, verified' : `from ${fetched.origin}, verified`;
  if (options.json) printJson({ name, ...fetched, origin: fetched.origin ?? null });
  else process.stdout.write(`${fetched.folder} (${where})\n`);
}

function isDatasetName(name: string): name is DatasetName {
  return (datasetNames as readonly string[]).includes(name);
}

async function buildAction(
  recipeFile: string,
  options: BuildOptions,
  loadTeachers: DatasetPorts['loadTeachers'],
): Promise<void> {
  const recipe = readBuildRecipe(recipeFile);
  const source = openSource(recipe.source, dirname(recipeFile));
  const form = formOf(source);
  requireAugmentation(recipe.augment, form.shape);
  planBuild(source, recipe); // so that its mistakes are told before a teacher is trained
  for (const note of source.notes ?? []) standardReporter().warn(note);
  const teacher = await loadTeachers(recipe.teacher, { recipeFile, form }, options);
  const stop = stopOnSignal();
  const reporter = standardReporter();
  try {
    const to = options.to ?? builtSetFolder(recipeFile);
    const request = { source, recipe, teacher, to, onProgress: inSteps(reporter), shouldStop: stop.asked };
    print(await buildDistillationSet(request), options);
  } finally {
    reporter.close();
    stop.release();
  }
}

/** Reports a fiftieth of the rows at a time. */
function inSteps(reporter: Reporter): (progress: BuildProgress) => void {
  let told = 0;
  return ({ rows, of }) => {
    const part = Math.floor((50 * rows) / of);
    if (part > told) reporter.progress({ stage: 'dataset build', step: rows, steps: of });
    told = Math.max(told, part);
  };
}

function verifyAction(folder: string, options: { json?: true }): void {
  const { manifest, damage } = verifyDistillationSet(folder);
  if (options.json) printJson({ ok: damage.length === 0, ...summary(manifest), damage });
  if (damage.length > 0) {
    throw new Failure('data', damage, 'run its `mnv4-nas dataset build` again: damaged shards are made anew');
  }
  if (!options.json)
    process.stdout.write(`${folder}: ${manifest.shards.length} shards, ${rowsText(manifest)}: no damage\n`);
}

function print(manifest: Manifest, { json }: { json?: true }): void {
  if (json) printJson(summary(manifest));
  else process.stdout.write(`${described(manifest)}\n`);
}

function described(manifest: Manifest): string {
  const { name, classes, shape, teacher, replicas, source, bytes, shards, seed } = manifest;
  return [
    `${name}: ${shape.join('x')}, ${classes} classes, seed ${seed}`,
    `rows      ${rowsText(manifest)}; ${replicas} augmented of each train image`,
    `source    ${source.name}: ${source.provenance}`,
    `teacher   ${teacher.name} (${teacher.fingerprint.slice(0, 12)}), ${percent(teacher.testAccuracy)} on test`,
    `files     ${shards.length} shards, ${(bytes / 1e6).toFixed(1)} MB`,
  ].join('\n');
}

function rowsText({ splits }: Manifest): string {
  return `train ${splits.train}, held ${splits.held}, test ${splits.test}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function summary({ name, classes, shape, splits, replicas, teacher, bytes, shards, source, seed }: Manifest) {
  return { name, classes, shape, splits, replicas, teacher, bytes, shards: shards.length, source, seed };
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
