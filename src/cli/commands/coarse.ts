import { defineCommand } from '#cli/arguments/command-spec';
import { configArgument, searchOptions, searchOverrides } from '#cli/arguments/search-options';
import { readSearchConfig } from '#tasks/search/config/config';
import { planCoarse } from '#tasks/search/plan';
import { oneStage } from './one-stage.js';

export const coarse = defineCommand({
  arguments: [configArgument],
  options: searchOptions,
  run([file], options) {
    const config = readSearchConfig(file, searchOverrides(options));
    return oneStage(planCoarse(config), config, options);
  },
});
