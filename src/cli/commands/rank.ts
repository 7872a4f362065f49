import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { defaultRunId, overrideOptions, overridesOf } from '#cli/arguments/run-options';
import { configArgument } from '#cli/arguments/search-options';
import { wholeNumber } from '#cli/arguments/whole-number';
import { findRecipe } from '#networks/zoo/shipped';
import { readSearchConfig } from '#tasks/search/config/config';
import type { Arm } from '#tasks/study/arm';
import { type Study, uniform } from '#tasks/study/study';
import { readScratchRecipe } from '#tasks/training/recipe';
import { carriedOut, studyOptions } from './carried-out.js';

const options = [
  ...studyOptions,
  {
    flag: '--recipe <file>',
    description: 'the training recipe (*.train.yaml) of the stand-alone trainings',
    parse: findRecipe,
    required: true,
  },
  {
    flag: '--architectures <n>',
    description: 'number of architectures to rank, drawn uniformly from those on target',
    parse: wholeNumber(2),
    default: 24,
  },
  {
    flag: '--trainings <n>',
    description: 'trainings of each architecture; their mean accuracy is used',
    parse: wholeNumber(1),
    default: 1,
  },
  {
    flag: '--stage <name>',
    description: 'the stage whose SuperNet to check',
    choices: ['coarse', 'fine'],
    default: 'coarse',
  },
  { flag: '--run-id <id>', description: 'name of the folder (default: NAME-rank-TIME)' },
  ...overrideOptions,
] as const satisfies readonly OptionSpec[];

type RankOptions = OptionsOf<typeof options>;

export const rank = defineCommand({
  description:
    'check whether a SuperNet trained with a uniform policy ranks architectures in the same order as stand-alone trainings',
  arguments: [configArgument],
  options,
  examples: [
    'mnv4-nas rank configs/fashion-mnist.yaml --recipe configs/recipes/fashion-mnist-alone.train.yaml',
    'mnv4-nas rank configs/cifar10.yaml --stage fine --recipe configs/recipes/cifar10.train.yaml',
  ],
  run: ([file], options) => carriedOut(rankingStudy(file, options), options),
});

/** Builds a study of one arm: the config with a uniform policy, all its candidates ranked. */
function rankingStudy(file: string, options: RankOptions): Study {
  const config = readSearchConfig(file, [...overridesOf(options), ...uniform('rank', options.architectures)]);
  const stages = options.stage === 'coarse' ? (['coarse'] as const) : (['coarse', 'fine'] as const);
  const { name: runs } = config.config;
  const seeds = [1];
  const arm: Arm = { name: runs, target: null, runs, seeds, stages, config: () => config };
  const { recipe, trainings, runId } = options;
  const alone = readScratchRecipe(recipe);
  const name = runId ?? defaultRunId(config.config.name, 'rank', new Date());
  return { name, measure: 'ranking', seeds, trainings, recipe: alone, epochs: [alone.epochs], arms: [arm] };
}
