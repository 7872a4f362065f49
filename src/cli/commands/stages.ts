/** `mnv4-nas coarse` and `fine`: each runs one stage in a separate run folder. */
import { defineCommand, type OptionSpec, type OptionsOf, type Output } from '#cli/arguments/command-spec';
import { resumption } from '#cli/arguments/run-options';
import {
  configArgument,
  runsOf,
  type SearchOptions,
  searchOptions,
  searchOverrides,
  stageWorkers,
  warmStartOption,
} from '#cli/arguments/search-options';
import { requireGpu } from '#cli/process/gpu';
import { withJobContext } from '#cli/process/job-context';
import { Failure } from '#core/failure';
import { runFolder } from '#jobs/runs/run-folder';
import { findRun } from '#jobs/runs/run-summary';
import { namedNetwork } from '#networks/zoo/named-network';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { planCoarse, planFine, type StagePlan } from '#tasks/search/plan';
import { runStage } from '#tasks/search/run-stages';
import { dryRun } from './dry-run.js';
import { missedTargets, runsOutput } from './search-output.js';

export const coarse = defineCommand({
  arguments: [configArgument],
  options: searchOptions,
  examples: [
    'mnv4-nas coarse configs/quickstart.yaml --run-id first-coarse',
    'mnv4-nas coarse configs/quickstart.yaml --set coarse.steps=700 --seed 2',
    'mnv4-nas coarse configs/cifar10.yaml --dry-run',
  ],
  run([file], options) {
    const config = readSearchConfig(file, searchOverrides(options));
    return oneStage(planCoarse(config), config, options);
  },
});

const fineOptions = [
  ...searchOptions,
  { flag: '--from <run>', description: 'the coarse run to refine, by id or folder' },
  { flag: '--base <network>', description: 'a network to refine, instead of a coarse run' },
  warmStartOption,
] as const satisfies readonly OptionSpec[];

export const fine = defineCommand({
  arguments: [configArgument],
  options: fineOptions,
  examples: [
    'mnv4-nas fine configs/quickstart.yaml --from first-coarse --run-id first-fine',
    'mnv4-nas fine configs/mnv4-conv-m.yaml --base mnv4-conv-m --dry-run',
  ],
  run([file], options) {
    const config = readSearchConfig(file, searchOverrides(options));
    return oneStage(planBase(config, options), config, options);
  },
});

function planBase(config: LocatedConfig, options: OptionsOf<typeof fineOptions>): StagePlan {
  const { from, base } = options;
  if ((from === undefined) === (base === undefined)) {
    const got = from === undefined ? 'neither' : 'both';
    throw new Failure('usage', `fine: expected either --from RUN or --base NETWORK; got ${got}`);
  }
  if (from === undefined) return planFine(config, namedNetwork(base as string));
  const folder = findRun(runsOf(config, options, 'fine').root, from);
  return planFine(config, foundArchitecture(folder), folder);
}

async function oneStage(plan: StagePlan, config: LocatedConfig, options: SearchOptions): Promise<Output> {
  const workers = stageWorkers([plan], config, options);
  const { root, id } = runsOf(config, options, plan.task.stage);
  runFolder(root, id); // a bad id fails now
  requireGpu(options);
  if (options.dryRun) return dryRun([plan], config, workers);
  await withJobContext(workers, (context) => runStage(plan, config, { context, ...resumption(options), root, id }));
  return { ...runsOutput([id], root), failure: missedTargets([id], root, options) };
}
