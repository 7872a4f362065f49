/** `mnv4-nas study` and `rank`: whether a search is any good, by what architectures reach when they are trained alone. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  collected,
  defaultRunId,
  overridesOf,
  type RunOptions,
  wholeNumber,
  withWorkerOptions,
  workersOf,
  working,
} from '#cli/arguments/shared-options';
import { aligned } from '#cli/terminal/table';
import { readSearchConfig } from '#tasks/search/config/config';
import { stageSettings } from '#tasks/search/config/stage-settings';
import { runStudy } from '#tasks/study/run-study';
import { type Arm, readStudy, type Study, uniform } from '#tasks/study/study';
import { studyResult, studyRows, writeStudy } from '#tasks/study/study-report';
import { microBatchesOf, readTrainingRecipe } from '#tasks/training/recipe';

type StudyOptions = Pick<RunOptions, 'root' | 'workers' | 'threads' | 'backend' | 'json'>;

export function studyCommand(): Command {
  return withStudyOptions(new Command('study'))
    .description(
      'compare ways to search: every arm with several seeds, every result trained alone; run again, it goes on',
    )
    .argument('<study>', 'a *.study.yaml')
    .action(async (file: string, options: StudyOptions) => {
      const study = readStudy(file);
      await carriedOut(study, options);
    });
}

interface RankOptions extends StudyOptions, Pick<RunOptions, 'set' | 'seed' | 'runId'> {
  readonly recipe: string;
  readonly architectures: number;
  readonly trainings: number;
  readonly stage: 'coarse' | 'fine';
}

export function rankCommand(): Command {
  return withStudyOptions(new Command('rank'))
    .description('whether a SuperNet trained with a uniform policy orders architectures as trainings of their own do')
    .argument('<config>', 'a search config')
    .requiredOption('--recipe <file>', 'a *.train.yaml: how each architecture is trained alone')
    .option('--architectures <n>', 'drawn uniformly among those on target', wholeNumber(2), 24)
    .option('--trainings <n>', 'of each architecture, whose mean counts', wholeNumber(1), 1)
    .addOption(new Option('--stage <name>', 'whose SuperNet').choices(['coarse', 'fine']).default('coarse'))
    .option('--run-id <id>', 'name of the folder (default: name, rank and time)')
    .option('--set <a.b=value>', 'set a value of the config; may be repeated', collected, [])
    .option('--seed <n>', 'set the seed', wholeNumber(0))
    .action(async (file: string, options: RankOptions) => {
      const study = rankingStudy(file, options);
      await carriedOut(study, options);
    });
}

/** A study of one arm: the config with a uniform policy, all its candidates ranked. */
function rankingStudy(file: string, options: RankOptions): Study {
  const config = readSearchConfig(file, [...overridesOf(options), ...uniform('rank', options.architectures)]);
  const stages = options.stage === 'coarse' ? (['coarse'] as const) : (['coarse', 'fine'] as const);
  const { name: runs } = config.config;
  const arm: Arm = { name: runs, runs, stages, config: () => config };
  const { recipe, trainings, runId } = options;
  const name = runId ?? defaultRunId(config.config.name, 'rank', new Date());
  return { name, measure: 'ranking', seeds: 1, trainings, recipe: readTrainingRecipe(recipe), arms: [arm] };
}

function withStudyOptions(command: Command): Command {
  const rooted = command.option('--root <folder>', 'the folder of the runs', 'runs');
  return withWorkerOptions(rooted).option('--json', 'print one JSON document');
}

async function carriedOut(study: Study, options: StudyOptions): Promise<void> {
  const { root } = options;
  const folder = join(root, study.name);
  const workers = workersOf(options, mostParts(study), 'the parts of a step');
  const arms = await working(workers, async (tools) =>
    runStudy(study, { ...tools, root, resume: 'allow' }, (known) => writeStudy(folder, studyResult(study, known))),
  );
  const result = studyResult(study, arms);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`${aligned(studyRows(result), new Set()).join('\n')}\n${join(folder, 'study.md')}\n`);
}

/** The most architectures or micro-batches that any step of the study has. */
function mostParts({ arms, recipe }: Study): number {
  const samples = arms.flatMap(({ config, stages }) =>
    stages.map((stage) => stageSettings(config(1), stage).samplesPerStep),
  );
  return Math.max(microBatchesOf(recipe), ...samples);
}
