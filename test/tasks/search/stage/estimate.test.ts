import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { costOf } from '#networks/cost/cost';
import { backend, openBackend } from '#networks/tensor/backend';
import { readSearchConfig } from '#tasks/search/config/config';
import { openStageSet } from '#tasks/search/open';
import { likelyDecisions, planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { estimateStage } from '#tasks/search/stage/estimate';
import { smallWorld } from '#test/tasks/search/small-world';

let world: string;

beforeAll(async () => {
  openBackend({ threads: 1 });
  world = await smallWorld();
});

const smallSearch = () => readSearchConfig(join(world, 'small.yaml'), []);

describe('an estimate of a stage', () => {
  it.each([1, 2])(
    'with %i workers counts its steps and its evaluations, and leaves no tensors behind',
    async (count) => {
      const config = smallSearch();
      const { task } = planCoarse(config);
      const twice = { ...task, settings: { ...task.settings, samplesPerStep: 2 } };
      const set = openStageSet(twice, config);
      const workers = { count, threads: 1 };
      await estimateStage(twice, set, workers);
      const before = backend().tensorsAlive();
      const { seconds, stepMs, memoryMb } = await estimateStage(twice, set, workers);
      expect(backend().tensorsAlive()).toBe(before);
      expect(stepMs).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThan((12 * stepMs) / 1000);
      expect(memoryMb).toBeGreaterThan(60 * count);
    },
  );

  it('of the fine stage is made on a network near the target', async () => {
    const config = smallSearch();
    const coarse = planCoarse(config);
    const likely = standInFor(coarse.task);
    const { task } = planFine(config, likely);
    const { seconds } = await estimateStage(task, openStageSet(task, config), { count: 1, threads: 1 });
    expect(seconds).toBeGreaterThan(0);
  });
});

describe('a likely architecture', () => {
  it('is the one of many with the cost closest to the target, the same each time', () => {
    const plan = planCoarse(smallSearch());
    const likely = standInFor(plan.task);
    expect(Math.abs(costOf({ cost: 'macs' }, likely) / 12_000 - 1)).toBeLessThan(0.2);
    expect(likelyDecisions(plan.task)).toEqual(likelyDecisions(plan.task));
    expect(likely.name).toBe(`the likely result of ${plan.task.space.name}`);
  });
});
