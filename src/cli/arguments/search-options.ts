/** Options of the search commands, and the config overrides and workers that they give. */
import type { Override } from '#core/documents/overrides';
import { Failure } from '#core/failure';
import { shownPath } from '#core/files/shown-path';
import type { Workers } from '#jobs/workers/launcher';
import { joinedRanks } from '#jobs/workers/ranks';
import { workersOf } from '#jobs/workers/workers-of';
import { findConfig } from '#networks/zoo/shipped';
import type { LocatedConfig, StageName } from '#tasks/search/config/config';
import type { StagePlan } from '#tasks/search/plan';
import type { OptionSpec, OptionsOf } from './command-spec.js';
import { configRootOption } from './root-option.js';
import { defaultRunId, overridesOf, resumeOptions } from './run-options.js';
import { requireGpuOption } from './worker-options.js';

export const configArgument = {
  name: '<config>',
  description: 'a search config: a YAML file, or the name of a shipped one, such as quickstart',
  parse: findConfig,
} as const;

export const searchOptions = [
  {
    flag: '--run-id <id>',
    description: "name of the run (default: NAME-STAGE-TIME, or the config's name if the config states runs)",
  },
  configRootOption,
  ...resumeOptions,
  {
    flag: '--baseline <name>',
    description:
      'run random search instead: architectures drawn uniformly on target, evaluated in a SuperNet that a uniform policy trained',
    choices: ['random'],
  },
  requireGpuOption,
  { flag: '--dry-run', description: 'check everything, print the plan, and estimate time and memory from a few steps' },
  {
    flag: '--strict-target',
    description: 'exit with 6 if the result misses a target by more than the tolerance',
  },
] as const satisfies readonly OptionSpec[];

export const warmStartOption = {
  flag: '--warm-start',
  description: "start the fine stage from the coarse stage's weights",
} as const satisfies OptionSpec;

export type SearchOptions = OptionsOf<typeof searchOptions>;

/** Returns the values set outside the config, in rising precedence: `overridesOf`, --baseline, --warm-start. */
export function searchOverrides(options: SearchOptions & { readonly warmStart?: boolean | undefined }): Override[] {
  const { baseline, warmStart } = options;
  const strategy = { path: ['search', 'strategy'], value: baseline, origin: `--baseline ${baseline}` };
  const warm = { path: ['fine', 'warmStart'], value: true, origin: '--warm-start' };
  return [...overridesOf(options), ...(baseline === undefined ? [] : [strategy]), ...(warmStart ? [warm] : [])];
}

/** Returns the workers that share the steps of all these stages, by the flags or else by the config. */
export function stageWorkers(
  plans: readonly StagePlan[],
  { config, located }: LocatedConfig,
  { backend, threads = config.threads, workers }: SearchOptions,
): Workers {
  const samples = Math.max(...plans.map(({ task }) => task.settings.samplesPerStep));
  const what = 'the samplesPerStep';
  const stated = joinedRanks() === undefined ? config.workers : undefined; // the config's number is for one machine
  if (workers === undefined && stated !== undefined && stated > samples) {
    const message = `expected at most ${samples}, ${what}; got ${stated}`;
    throw new Failure('config', located.at(['workers'], message));
  }
  return workersOf({ backend, threads, workers: workers ?? stated }, samples, what);
}

/** Returns the folder of the runs and the run id: the options', else the config's, else `runs` and an id with a time. */
export function runsOf(
  { config, path }: LocatedConfig,
  { root, runId }: Pick<SearchOptions, 'root' | 'runId'>,
  stage: StageName | 'search',
) {
  const { name, runs } = config;
  const ownId = stage === 'search' ? name : `${name}-${stage}`;
  return {
    root: root ?? (runs === undefined ? 'runs' : shownPath(path(runs))),
    id: runId ?? (runs === undefined ? defaultRunId(name, stage, new Date()) : ownId),
  };
}

/** Returns a function that takes the number of parts of a phase's step and returns its workers. */
export function phaseWorkers({ config }: LocatedConfig, { backend, threads, workers }: SearchOptions) {
  const most = workers ?? joinedRanks()?.size ?? config.workers;
  return (parts: number): Workers => {
    const count = most === undefined ? undefined : Math.min(most, parts);
    return workersOf({ backend, threads: threads ?? config.threads, workers: count }, parts, 'the parts of a step');
  };
}
