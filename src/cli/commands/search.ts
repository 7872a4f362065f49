/** `mnv4-nas search`: both stages, one after the other, with one seed or several. */
import { defineCommand, type OptionSpec, type OptionsOf, type Output } from '#cli/arguments/command-spec';
import { defaultRunId, resumption } from '#cli/arguments/run-options';
import {
  configArgument,
  searchOptions,
  searchOverrides,
  stageWorkers,
  warmStartOption,
} from '#cli/arguments/search-options';
import { wholeNumber } from '#cli/arguments/whole-number';
import { withJobContext } from '#cli/process/job-context';
import { runFolder } from '#jobs/runs/run-folder';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { openStageSet } from '#tasks/search/open';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { runStages, stageIds } from '#tasks/search/run-stages';
import { dryRun } from './dry-run.js';
import { rehearseSearches } from './rehearse.js';
import { agreementOutput, missedTargets, runsOutput } from './search-output.js';

const options = [
  ...searchOptions,
  warmStartOption,
  {
    flag: '--seeds <n>',
    description: "search with this many seeds, counted up from the config's, and report how far the results agree",
    parse: wholeNumber(2),
  },
  {
    flag: '--rehearse',
    description: 'run the controller alone, on made-up qualities and without images: do the settings keep the targets?',
  },
] as const satisfies readonly OptionSpec[];

type Options = OptionsOf<typeof options>;

interface Search {
  readonly id: string;
  readonly config: LocatedConfig;
}

export const search = defineCommand({
  description: 'run the coarse stage, then the fine stage on its result; run again with the same --run-id, it resumes',
  arguments: [configArgument],
  options,
  async run([file], options): Promise<Output> {
    const config = readSearchConfig(file, searchOverrides(options));
    const id = options.runId ?? defaultRunId(config.config.name, 'search', new Date());
    const coarse = planCoarse(config);
    const likely = planFine(config, standInFor(coarse.task)); // so that its mistakes are told before the coarse stage runs
    const workers = stageWorkers([coarse, likely], config, options);
    const searches = options.seeds === undefined ? [{ id, config }] : seededSearches(file, id, config, options);
    for (const search of searches) for (const run of stageIds(search.id)) runFolder(options.root, run); // a bad id fails now
    if (options.rehearse) return rehearseSearches(searches.map(({ config }) => config));
    if (options.dryRun) return dryRun([coarse, likely], config, workers);
    for (const { task } of [coarse, likely]) openStageSet(task, config); // likewise
    await withJobContext(workers, async (context) => {
      for (const { id, config } of searches) await runStages(config, { context, ...resumption(options), id });
    });
    const ids = searches.map((search) => search.id);
    const output =
      options.seeds === undefined ? runsOutput(stageIds(id), options.root) : agreementOutput(ids, options.root);
    const fineIds = ids.map((each) => `${each}-fine`);
    return { ...output, failure: missedTargets(fineIds, options) };
  },
});

/** The same search with one seed after the other. */
function seededSearches(file: string, id: string, { config }: LocatedConfig, options: Options): Search[] {
  return Array.from({ length: options.seeds as number }, (_, i) => {
    const seed = config.seed + i;
    return { id: `${id}-seed-${seed}`, config: readSearchConfig(file, searchOverrides({ ...options, seed })) };
  });
}
