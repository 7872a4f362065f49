import { InvalidArgumentError } from 'commander';
import { defineCommand, type OptionSpec } from '#cli/arguments/command-spec';
import { positiveNumbers } from '#cli/arguments/positive-numbers';
import { findStudy } from '#networks/zoo/shipped';
import { readStudy, type SeedRange } from '#tasks/study/study';
import { carriedOut, studyOptions } from './carried-out.js';

const options = [
  ...studyOptions,
  {
    flag: '--seeds <seeds>',
    description: 'run these seeds alone, such as 1-3, so that machines can share a study (default: all)',
    parse: seedRange,
  },
  {
    flag: '--arms <names>',
    description: 'run these arms alone, separated by commas; one that refines the results of another needs its runs',
    parse: names,
  },
  {
    flag: '--targets <values>',
    description: "run these of the study's targets alone, separated by commas",
    parse: positiveNumbers,
  },
] as const satisfies readonly OptionSpec[];

export const study = defineCommand({
  description:
    'compare search strategies: run every arm of a study with several seeds and train every result stand-alone; an interrupted study resumes',
  arguments: [{ name: '<study>', description: 'a study (*.study.yaml)', parse: findStudy }],
  options,
  examples: [
    'mnv4-nas study configs/studies/quickstart.study.yaml',
    'mnv4-nas study configs/studies/stages.study.yaml --root studies --seeds 1-2',
    'mnv4-nas study configs/studies/cifar10.study.yaml --arms two-stage,coarse-alone --targets 0.15',
  ],
  run: ([file], options) => carriedOut(readStudy(file, options), options),
});

function seedRange(value: string): SeedRange {
  const [, first, last = first] = /^([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?$/.exec(value) ?? [];
  if (first === undefined || Number(first) > Number(last)) {
    throw new InvalidArgumentError('expected a seed or a range of seeds, such as 1-3');
  }
  return [Number(first), Number(last)];
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
