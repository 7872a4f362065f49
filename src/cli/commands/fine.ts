import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { configArgument, searchOptions, searchOverrides, warmStartOption } from '#cli/arguments/search-options';
import { Failure } from '#core/failure';
import { findRun } from '#jobs/runs/run-summary';
import { namedNetwork } from '#networks/zoo/named-network';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import { foundArchitecture } from '#tasks/search/finished-stage';
import { planFine, type StagePlan } from '#tasks/search/plan';
import { oneStage } from './one-stage.js';

const options = [
  ...searchOptions,
  { flag: '--from <run>', description: 'the coarse run to refine, by id or folder' },
  { flag: '--base <network>', description: 'a network to refine, instead of a coarse run' },
  warmStartOption,
] as const satisfies readonly OptionSpec[];

type FineOptions = OptionsOf<typeof options>;

export const fine = defineCommand({
  arguments: [configArgument],
  options,
  run([file], options) {
    const config = readSearchConfig(file, searchOverrides(options));
    return oneStage(planBase(config, options), config, options);
  },
});

function planBase(config: LocatedConfig, { from, base, root }: FineOptions): StagePlan {
  if ((from === undefined) === (base === undefined)) {
    const got = from === undefined ? 'neither' : 'both';
    throw new Failure('usage', `fine: expected either --from RUN or --base NETWORK; got ${got}`);
  }
  if (from === undefined) return planFine(config, namedNetwork(base as string));
  const folder = findRun(root, from);
  return planFine(config, foundArchitecture(folder), folder);
}
