/** `mnv4-nas coarse`, `fine` and `search`: the two stages, one by one or both. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  defaultRunId,
  overridesOf,
  profiledSteps,
  type RunOptions,
  type Tools,
  wholeNumber,
  withRunOptions,
  workersOf,
  working,
} from '#cli/arguments/shared-options';
import { agreementText } from '#cli/terminal/agreement-text';
import { runText } from '#cli/terminal/runs-text';
import type { Override } from '#core/documents/overrides';
import { Failure } from '#core/failure';
import { runFolder } from '#jobs/runs/run-folder';
import { readSearchResult } from '#jobs/runs/run-result';
import { findRun, readRunSummary } from '#jobs/runs/run-summary';
import type { Workers } from '#jobs/workers/worker-pool';
import { namedNetwork } from '#networks/zoo/named-network';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { runPlanned, runStages, stageIds } from '#tasks/search/run-stages';
import {
  foundArchitecture,
  openStageSet,
  type PlannedStage,
  planCoarse,
  planFine,
  standInFor,
} from '#tasks/search/start-search';
import { agreementOf } from '#tasks/study/agreement';
import { dryRun } from './dry-run.js';

interface SearchOptions extends RunOptions {
  readonly dryRun?: true;
  readonly strictTarget?: true;
  readonly from?: string;
  readonly base?: string;
  readonly baseline?: 'random';
  readonly seeds?: number;
  readonly warmStart?: true;
}

const warmStartOption = ['--warm-start', "begin the fine stage with the coarse stage's weights"] as const;

export function coarseCommand(): Command {
  return searchOptions(new Command('coarse'))
    .description('search filter sizes, the block fixed to an inverted bottleneck')
    .action(async (file: string, options: SearchOptions) => {
      const config = readSearchConfig(file, searchOverrides(options));
      await single(planCoarse(config), config, options);
    });
}

export function fineCommand(): Command {
  return searchOptions(new Command('fine'))
    .description("search the depthwise layers of a coarse result's blocks")
    .option('--from <run>', 'the coarse run, by id or folder')
    .option('--base <network>', 'a network to open instead')
    .option(...warmStartOption)
    .action(async (file: string, options: SearchOptions) => {
      const config = readSearchConfig(file, searchOverrides(options));
      await single(planBase(config, options), config, options);
    });
}

export function searchCommand(): Command {
  return searchOptions(new Command('search'))
    .description('both stages, one after the other; run again with the same --run-id, it goes on')
    .option(...warmStartOption)
    .option(
      '--seeds <n>',
      'search with so many seeds, from that of the config on, and say how far they agree',
      wholeNumber(2),
    )
    .action(async (file: string, options: SearchOptions) => {
      const config = readSearchConfig(file, searchOverrides(options));
      const id = options.runId ?? defaultRunId(config.config.name, 'search', new Date());
      const coarse = planCoarse(config);
      const likely = planFine(config, standInFor(coarse)); // so that its mistakes are told before the coarse stage runs
      const workers = stageWorkers([coarse, likely], config, options);
      const searches = options.seeds === undefined ? [{ id, config }] : seededSearches(file, id, config, options);
      for (const search of searches) for (const run of stageIds(search.id)) runFolder(options.root, run); // a bad id fails now
      if (options.dryRun) return dryRun([coarse, likely], config, workers, options);
      for (const plan of [coarse, likely]) openStageSet(config, plan); // likewise
      await working(workers, async (tools) => {
        for (const { id, config } of searches) await runStages(config, stageOptions(id, options, tools));
      });
      const ids = searches.map((search) => search.id);
      if (options.seeds === undefined) printRuns(stageIds(id), options);
      else printAgreement(ids, options);
      requireTargets(
        ids.map((each) => `${each}-fine`),
        options,
      );
    });
}

/** The same search with one seed after the other. */
function seededSearches(file: string, id: string, { config }: LocatedConfig, options: SearchOptions) {
  return Array.from({ length: options.seeds as number }, (_, i) => {
    const seed = config.seed + i;
    return { id: `${id}-seed-${seed}`, config: readSearchConfig(file, searchOverrides({ ...options, seed })) };
  });
}

function searchOptions(command: Command): Command {
  return withRunOptions(command)
    .argument('<config>', 'a search config')
    .addOption(
      new Option(
        '--baseline <name>',
        'instead of a search: architectures drawn uniformly on target, judged in a SuperNet trained with a uniform policy',
      ).choices(['random']),
    )
    .option('--dry-run', 'check everything, print the plan, and estimate time and memory on a few steps')
    .option('--strict-target', 'exit with 6 where the result misses a target by more than the tolerance');
}

function searchOverrides(options: SearchOptions): Override[] {
  const { baseline, warmStart } = options;
  const strategy = { path: ['search', 'strategy'], value: baseline, origin: `--baseline ${baseline}` };
  const warm = { path: ['fine', 'warmStart'], value: true, origin: '--warm-start' };
  return [...overridesOf(options), ...(baseline === undefined ? [] : [strategy]), ...(warmStart ? [warm] : [])];
}

async function single(plan: PlannedStage, config: LocatedConfig, options: SearchOptions): Promise<void> {
  const workers = stageWorkers([plan], config, options);
  const id = options.runId ?? defaultRunId(config.config.name, plan.stage, new Date());
  runFolder(options.root, id); // a bad id fails now
  if (options.dryRun) return dryRun([plan], config, workers, options);
  await working(workers, (tools) => runPlanned(plan, config, stageOptions(id, options, tools)));
  printRuns([id], options);
  requireTargets([id], options);
}

/** Who shares the steps of all these stages, as the flags say or else the config. */
function stageWorkers(
  plans: readonly PlannedStage[],
  { config, located }: LocatedConfig,
  { backend, threads = config.threads, workers }: SearchOptions,
): Workers {
  const samples = Math.max(...plans.map(({ settings }) => settings.samplesPerStep));
  const what = 'the samplesPerStep';
  if (workers === undefined && config.workers !== undefined && config.workers > samples) {
    const message = `expected at most ${samples}, ${what}; got ${config.workers}`;
    throw new Failure('config', located.at(['workers'], message));
  }
  return workersOf({ backend, threads, workers: workers ?? config.workers }, samples, what);
}

function stageOptions(id: string, options: SearchOptions, tools: Tools) {
  const { root, resume, extend } = options;
  return { ...tools, root, resume, extend, id, profile: profiledSteps(options) };
}

/** Fails where finished runs missed a target and were told not to. */
function requireTargets(ids: readonly string[], { root, strictTarget }: SearchOptions): void {
  if (!strictTarget) return;
  const misses = ids.flatMap((id) =>
    readSearchResult(join(root, id)).missed.map((miss) => ({ message: `${id}: target missed: ${miss}` })),
  );
  if (misses.length > 0) throw new Failure('targetMissed', misses);
}

function planBase(config: LocatedConfig, { from, base, root }: SearchOptions): PlannedStage {
  if ((from === undefined) === (base === undefined)) {
    throw new Failure(
      'usage',
      `fine: expected either --from RUN or --base NETWORK; got ${from === undefined ? 'neither' : 'both'}`,
    );
  }
  if (from === undefined) return planFine(config, namedNetwork(base as string));
  const folder = findRun(root, from);
  return planFine(config, foundArchitecture(folder), folder);
}

function printRuns(ids: readonly string[], { root, json }: SearchOptions): void {
  const summaries = ids.map((id) => readRunSummary(join(root, id)));
  if (json) process.stdout.write(`${JSON.stringify(summaries.length === 1 ? summaries[0] : summaries)}\n`);
  else process.stdout.write(`${summaries.map(runText).join('\n\n')}\n`);
}

function printAgreement(ids: readonly string[], { root, json }: SearchOptions): void {
  const stages = ['coarse', 'fine'].map((stage) => ({
    stage,
    ...agreementOf(ids.map((id) => join(root, `${id}-${stage}`))),
  }));
  if (json) process.stdout.write(`${JSON.stringify(stages)}\n`);
  else process.stdout.write(`${stages.map((of) => agreementText(of.stage, of)).join('\n\n')}\n`);
}
