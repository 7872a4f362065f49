import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readSearchConfig } from '#tasks/search/config/config';
import { planCoarse, planFine, standInFor } from '#tasks/search/plan';
import { failureOf, newFolder } from '#test/data/fixtures';
import { smallWorld } from '#test/tasks/search/small-world';

let world: string;

beforeAll(async () => {
  world = await smallWorld(newFolder());
});

it.each(['coarse', 'fine'] as const)('a %s stage without its section in the config is a config failure', (stage) => {
  const whole = readSearchConfig(join(world, 'small.yaml'));
  const file = join(world, `no-${stage}.yaml`);
  writeFileSync(
    file,
    readFileSync(join(world, 'small.yaml'), 'utf8').replace(new RegExp(`^${stage}:.*\\n(?: .*\\n)*`, 'm'), ''),
  );
  const config = readSearchConfig(file);
  const plan = () => (stage === 'coarse' ? planCoarse(config) : planFine(config, standInFor(planCoarse(whole).task)));
  expect(failureOf(plan)).toMatchObject({ kind: 'config', message: expect.stringContaining(stage) });
});
