/** `mnv4-nas job slurm`: writes a search as a folder of sbatch scripts, and submits them. */
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { configRootOption } from '#cli/arguments/root-option';
import { overridesOf, setOption } from '#cli/arguments/run-options';
import { configArgument, runsOf } from '#cli/arguments/search-options';
import { wholeNumber } from '#cli/arguments/whole-number';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { packageRoot } from '#core/files/package-folder';
import { requireNewFolder, writeFolder } from '#core/files/whole-folder';
import { runFolder } from '#jobs/runs/run-folder';
import { type JobPlan, planJobs } from '#tasks/cluster/job-plan';
import { type SlurmSettings, slurmProject } from '#tasks/cluster/slurm-project';
import { limitSeconds } from '#tasks/cluster/slurm-time';
import { readSearchConfig } from '#tasks/search/config/config';
import { seedsOption, targetsOption } from './job-options.js';
import { jobRequest } from './job-request.js';
import { submit } from './submit.js';

const options = [
  seedsOption,
  targetsOption,
  { flag: '--nodes <n>', description: 'nodes of each stage, joined by MPI', parse: wholeNumber(1, 1024), default: 1 },
  {
    flag: '--time <limit>',
    description: "time limit of a task in Slurm's notation, such as 4:00:00 (default: the partition's)",
    parse: time,
  },
  {
    flag: '--lead <seconds>',
    description: 'time before the limit at which a task saves its state, to be queued again',
    parse: wholeNumber(1, 65_535),
    default: 120,
  },
  {
    flag: '--sbatch <option>',
    description: 'a further option of sbatch, such as --sbatch=--partition=cpu; may be repeated',
    parse: sbatchOption,
  },
  configRootOption,
  setOption,
  {
    flag: '--workers <n>',
    description: "processes of a task (default: the config's, else one per architecture or micro-batch of a step)",
    parse: wholeNumber(1, 1024),
  },
  {
    flag: '--threads <n>',
    description: "TensorFlow threads of each process (default: the config's, else 1)",
    parse: wholeNumber(1, 1024),
  },
  { flag: '--to <folder>', description: 'the new folder to write (default: NAME-slurm)' },
  { flag: '--submit', description: 'submit the jobs too' },
  jsonOption,
] as const satisfies readonly OptionSpec[];

type Options = OptionsOf<typeof options>;

export const jobSlurm = defineCommand({
  description:
    'write a search for Slurm: a folder with an sbatch script for each stage, an array over all seeds and targets, and a script that submits them; docs/clusters-slurm.md explains them',
  arguments: [configArgument],
  options,
  examples: [
    'mnv4-nas job slurm configs/cifar10.yaml --seeds 5 --time 4:00:00',
    'mnv4-nas job slurm configs/cifar10.yaml --targets 1,2,4 --sbatch=--partition=cpu',
  ],
  async run([file], options) {
    requireTimeToSave(options);
    const config = readSearchConfig(file, overridesOf({ set: options.set }));
    const { root } = runsOf(config, { root: options.root }, 'search');
    const request = jobRequest(config, root, options, (failure) => {
      if (options.submit) throw failure;
      standardReporter().warn(`${failure.message}; the jobs need it`);
    });
    const plan = planJobs(config, request);
    const runs = plan.arrays.flatMap(({ jobs }) => jobs.map(({ runId }) => runId));
    for (const id of runs) runFolder(root, id); // a bad id fails now
    const folder = options.to ?? `${plan.name}-slurm`;
    requireNewFolder(folder, '--to');
    const files = slurmProject(plan, slurmSettings(plan, request.places.root, options));
    writeFolder(folder, files);
    const names = files.map(({ name }) => name);
    const submitted = options.submit ? await submit(folder) : null;
    const next =
      submitted?.map(({ kind, job }) => `${kind}: job ${job}`).join('\n') ?? `submit them: sh ${folder}/submit.sh`;
    return {
      json: { name: plan.name, folder, files: names, root: request.places.root, runs, submitted },
      text: () => `${runs.length} runs in ${plan.arrays.length} arrays, ${folder}: ${names.join(', ')}\n${next}`,
    };
  },
});

function slurmSettings({ arrays }: JobPlan, root: string, { nodes, time, lead, sbatch }: Options): SlurmSettings {
  const ranks = Math.min(...arrays.filter(({ kind }) => kind !== 'train').map(({ workers }) => workers.count));
  if (nodes > ranks) {
    const remedy = 'each worker is a rank: take fewer nodes, or more workers and samplesPerStep';
    throw new Failure('usage', `--nodes: expected at most ${ranks}, the workers of a stage; got ${nodes}`, remedy);
  }
  const program = [process.execPath, join(packageRoot, 'dist', 'cli', 'main.js')];
  return { program, root, nodes, time, leadSeconds: lead, options: sbatch ?? [] };
}

/** Refuses a time limit that would stop every task as soon as it has begun. */
function requireTimeToSave({ time, lead }: Options): void {
  const least = lead + 60; // Slurm's signal may come 30 s early, and a start takes some seconds
  if (time === undefined || (limitSeconds(time) as number) > least) return;
  throw new Failure('usage', `--time: expected more than ${least} s, a minute more than --lead; got ${time}`);
}

function time(text: string): string {
  if (limitSeconds(text) !== undefined) return text;
  throw new InvalidArgumentError("expected a time limit in Slurm's notation, such as 90, 4:00:00 or 1-12");
}

function sbatchOption(text: string, before: readonly string[] = []): readonly string[] {
  if (/^--?[A-Za-z][^\n]*$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('expected an option of sbatch, such as --partition=cpu');
}
