import { expect, it } from 'vitest';
import { search } from '#cli/commands/search';
import { printed } from '#test/cli/printed';

const command = ['configs/quickstart.yaml', '--rehearse', '--set', 'coarse.steps=300', '--set', 'fine.steps=300'];

it('ends near the target in both stages, seed by seed, without images', async () => {
  const costs: { seed: number; stage: string; value: number; target: number }[] = JSON.parse(
    await printed(search, ...command, '--seeds', '2', '--json'),
  );
  expect(costs.map(({ seed, stage }) => [seed, stage])).toEqual([
    [1, 'coarse'],
    [1, 'fine'],
    [2, 'coarse'],
    [2, 'fine'],
  ]);
  for (const { value, target } of costs) expect(Math.abs(value / target - 1)).toBeLessThan(0.1);
});

it('prints a table', async () => {
  const lines = (await printed(search, ...command)).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^seed +stage +cost +value +target +off$/);
  expect(lines[1]).toMatch(/^ +1 +coarse +latencyMs@pixel-6-cpu +0\.0\d+ +0\.09000 +[+-]?\d+\.\d %$/);
  expect(lines).toHaveLength(3);
});
