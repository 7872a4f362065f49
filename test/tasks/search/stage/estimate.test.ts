import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { backend, openBackend } from '#networks/tensor/backend';
import { readSearchConfig } from '#tasks/search/config/config';
import { likelyDecisions, planCoarse, planEstimate, planFine, standInFor } from '#tasks/search/start-search';
import { smallWorld } from '#test/tasks/search/small-world';

let world: string;

beforeAll(async () => {
  openBackend({ threads: 1 });
  world = await smallWorld();
});

const smallSearch = () => readSearchConfig(join(world, 'small.yaml'), []);

describe('an estimate of a stage', () => {
  it.each([1, 2])('by %i workers counts its steps and its judgements, and leaves no tensor behind', async (count) => {
    const config = { ...smallSearch() };
    const plan = planCoarse(config);
    const twice = { ...plan, settings: { ...plan.settings, samplesPerStep: 2 } };
    const workers = { count, threads: 1 };
    await planEstimate(twice, config, workers);
    const before = backend().tensorsAlive();
    const { seconds, stepMs, memoryMb } = await planEstimate(twice, config, workers);
    expect(backend().tensorsAlive()).toBe(before);
    expect(stepMs).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan((12 * stepMs) / 1000);
    expect(memoryMb).toBeGreaterThan(60 * count);
  });

  it('of the fine stage is made on a network near the target', async () => {
    const config = smallSearch();
    const coarse = planCoarse(config);
    const likely = standInFor(coarse);
    const { seconds } = await planEstimate(planFine(config, likely), config, { count: 1, threads: 1 });
    expect(seconds).toBeGreaterThan(0);
  });
});

describe('a likely architecture', () => {
  it('is that of many with the cost nearest to the target, the same each time', () => {
    const plan = planCoarse(smallSearch());
    const likely = standInFor(plan);
    expect(Math.abs(costOf({ cost: 'macs' }, likely) / 12_000 - 1)).toBeLessThan(0.2);
    expect(likelyDecisions(plan)).toEqual(likelyDecisions(plan));
    expect(likely.name).toBe(`the likely result of ${plan.space.name}`);
  });
});
