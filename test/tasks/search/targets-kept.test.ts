/**
 * Tests that the shipped configs meet their targets: each config's spaces, schedule, reward and cost tables, on
 * synthetic qualities; long configs in fewer steps, which is only harder. The fine stage opens the coarse result. One
 * seed here, the others in `npm run proof:convergence`.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { close } from '#networks/space/space';
import { type LocatedConfig, readSearchConfig } from '#tasks/search/config/config';
import type { CostTerm } from '#tasks/search/controller/reward';
import { planCoarse, planFine, planWarnings } from '#tasks/search/plan';
import { rehearse, shortened } from '#tasks/search/rehearsal';
import type { StageTask } from '#tasks/search/stage/stage-task';
import { mostOf, seedsOf, underMost } from './seeds.js';

const configs = readdirSync('configs').filter((name) => name.endsWith('.yaml'));

/** Steps and seeds that take seconds: a step of the large configs has 32 samples. */
function effort({ settings }: StageTask): { steps: number; seeds: number[] } {
  return settings.samplesPerStep > 2 ? { steps: 500, seeds: seedsOf(20) } : { steps: 1500, seeds: seedsOf(40) };
}

/** Runs both stages under a seed and returns the costs of each winner. */
async function searched(config: LocatedConfig, seed: number): Promise<(readonly CostTerm[])[]> {
  const coarse = planCoarse(config).task;
  const { steps } = effort(coarse);
  const first = await rehearse(shortened(coarse, steps), `${seed}/coarse`);
  const fine = planFine(config, close(coarse.space, first.decisions)).task;
  const second = await rehearse(shortened(fine, steps), `${seed}/fine`);
  return [first.costs, second.costs];
}

const within = (tolerance: number) => (costs: readonly CostTerm[]) =>
  costs.every(({ value, target }) => Math.abs(value / target - 1) <= tolerance);

describe.each(configs)('configs/%s', { timeout: 600_000 }, (name) => {
  const config = readSearchConfig(join('configs', name));

  it('has targets within the reach of its space', () => {
    expect(planWarnings(planCoarse(config).task)).toEqual([]);
  });

  const { seeds } = effort(planCoarse(config).task);
  it(`ends within 5 % of every target, its coarse stage within 10 %, ${underMost(seeds)}`, async () => {
    const stages: (readonly CostTerm[])[][] = [[], []];
    for (const seed of seeds) {
      for (const [s, costs] of (await searched(config, seed)).entries()) stages[s]?.push(costs);
    }
    const [coarse, fine] = stages as [(readonly CostTerm[])[], (readonly CostTerm[])[]];
    expect(fine.filter(within(0.05)).length).toBeGreaterThanOrEqual(mostOf(seeds));
    expect(coarse.filter(within(0.1)).length).toBeGreaterThanOrEqual(mostOf(seeds));
  });
});
