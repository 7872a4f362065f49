/** `mnv4-nas search`: everything from the images to the result, with one seed or several. */
import { defineCommand, type OptionSpec, type OptionsOf, type Output } from '#cli/arguments/command-spec';
import { resumption } from '#cli/arguments/run-options';
import {
  configArgument,
  phaseWorkers,
  runsOf,
  searchOptions,
  searchOverrides,
  stageWorkers,
  warmStartOption,
} from '#cli/arguments/search-options';
import { wholeNumber } from '#cli/arguments/whole-number';
import { requireGpu } from '#cli/process/gpu';
import { withJobContext } from '#cli/process/job-context';
import { standardReporter } from '#cli/terminal/log';
import { comparisonText, projectText } from '#cli/terminal/project-text';
import { runFolder } from '#jobs/runs/run-folder';
import { comparedNetworks } from '#tasks/project/comparison';
import { exportRun } from '#tasks/project/export-run';
import type { Phase } from '#tasks/project/phase';
import type { ProjectRequest } from '#tasks/project/ports';
import { type Project, phasesOf, planProject, planStages, preparingOf, searchPhases } from '#tasks/project/project';
import { projectReport } from '#tasks/project/report';
import { runPhases } from '#tasks/project/run-phases';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { stageIds } from '#tasks/search/run-stages';
import { dryRunProject } from './dry-run-project.js';
import { rehearseSearches } from './rehearse.js';
import { agreementOutput, missedTargets, runsOutput } from './search-output.js';

const options = [
  ...searchOptions,
  warmStartOption,
  {
    flag: '--seeds <n>',
    description:
      "search with this many seeds, counted up from the config's, and report how far the results agree; nothing is trained or exported at the end",
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
  description:
    'fetch images, train the teacher and build the distillation set where they are missing; run the coarse stage and the fine stage on its result; train and export the network where the config says so; run again, it resumes',
  arguments: [configArgument],
  options,
  examples: [
    'mnv4-nas search configs/quickstart.yaml --run-id quickstart',
    'mnv4-nas search configs/cifar10.yaml --dry-run',
    'mnv4-nas search configs/quickstart.yaml --seeds 5',
  ],
  async run([file], options): Promise<Output> {
    const config = readSearchConfig(file, searchOverrides(options));
    const { root, id } = runsOf(config, options, 'search');
    const searches = options.seeds === undefined ? [{ id, config }] : seededSearches(file, id, config, options);
    for (const search of searches) for (const run of stageIds(search.id)) runFolder(root, run); // a bad id fails now
    if (options.rehearse) {
      planStages(config); // mistakes are told first
      return rehearseSearches(searches.map(({ config }) => config));
    }
    const workers = stageWorkers(planStages(config), config, options);
    requireGpu(options);
    const request = { ...resumption(options), root, id };
    if (options.dryRun) return dryRunProject(config, request, workers, phaseWorkers(config, options));
    const project = await planProject(config, request);
    const ports = { workersFor: phaseWorkers(config, options), exportNetwork: exportRun };
    const phases =
      options.seeds === undefined
        ? phasesOf(project, ports)
        : [...preparingOf(project, ports), ...seededPhases(project, searches, request)];
    await withJobContext(workers, (context) => runPhases(phases, context), id);
    return options.seeds === undefined ? projectOutput(project, options) : seedsOutput(searches, root, options);
  },
});

/** The same search with one seed after the other. */
function seededSearches(file: string, id: string, { config }: LocatedConfig, options: Options): Search[] {
  return Array.from({ length: options.seeds as number }, (_, i) => {
    const seed = config.seed + i;
    return { id: `${id}-seed-${seed}`, config: readSearchConfig(file, searchOverrides({ ...options, seed })) };
  });
}

function seededPhases(project: Project, searches: readonly Search[], request: ProjectRequest): Phase[] {
  if (project.training !== undefined) standardReporter().note('--seeds: nothing is trained or exported at the end');
  return searches.flatMap(({ id, config }) => searchPhases(project, { ...request, id }, config));
}

function projectOutput(project: Project, options: Options): Output {
  const { root, id } = project.request;
  const runs = runsOutput(stageIds(id), root);
  const failure = missedTargets([`${id}-fine`], root, options);
  const report = projectReport(project);
  const compared = project.comparison && comparedNetworks(project.comparison);
  if (report === undefined && compared === undefined) return { ...runs, failure };
  const text = () => {
    const closing = report === undefined ? runs.text() : projectText(report);
    return compared === undefined ? closing : `${closing}\n\n${comparisonText(compared)}`;
  };
  return { json: { ...report, ...(compared && { compared }), stages: runs.json }, text, failure };
}

function seedsOutput(searches: readonly Search[], root: string, options: Options): Output {
  const ids = searches.map(({ id }) => id);
  const fineIds = ids.map((each) => `${each}-fine`);
  return { ...agreementOutput(ids, root), failure: missedTargets(fineIds, root, options) };
}
