import { defineCommand } from '#cli/arguments/command-spec';
import { findStudy } from '#networks/zoo/shipped';
import { readStudy } from '#tasks/study/study';
import { carriedOut, studyOptions } from './carried-out.js';

export const study = defineCommand({
  description:
    'compare search strategies: run every arm of a study with several seeds and train every result stand-alone; an interrupted study resumes',
  arguments: [{ name: '<study>', description: 'a study (*.study.yaml)', parse: findStudy }],
  options: studyOptions,
  examples: [
    'mnv4-nas study configs/studies/quickstart.study.yaml',
    'mnv4-nas study configs/studies/stages.study.yaml --root studies --workers 2',
  ],
  run: ([file], options) => carriedOut(readStudy(file), options),
});
