import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planStudy } from '#tasks/study/plan-study';
import { readStudy } from '#tasks/study/study';
import { failureOf, newFolder } from '#test/data/fixtures';
import { smallConfig, smallSpace } from '#test/tasks/search/small-world';

const recipe = `name: alone
data: { folder: set }
epochs: 1
batch: 16
optimizer: { kind: adamW }
learningRate: 0.01
`;

function planned(rest: string) {
  const folder = newFolder();
  writeFileSync(join(folder, 'small.yaml'), smallConfig);
  writeFileSync(join(folder, 'small.coarse.yaml'), smallSpace);
  writeFileSync(join(folder, 'alone.train.yaml'), recipe);
  const file = join(folder, 'some.study.yaml');
  writeFileSync(file, `name: some\nconfig: small.yaml\nrecipe: alone.train.yaml\n${rest}`);
  return planStudy(readStudy(file));
}

const far = '"cost[0].target": 100';
const uniform = 'search.strategy: random, search.select: { bestOf: 2 }';

it.each([
  ['an arm that draws', `arms: [{ name: a }, { name: b, draw: 3, set: { ${far} } }]`],
  ['a random baseline', `arms: [{ name: a, stages: [coarse], set: { ${far}, ${uniform} } }]`],
  ['a judge', `judge: { ${far} }\narms: [{ name: a }]`],
])('targets that no architecture meets are refused before the first search of %s', (_, rest) => {
  const message = /^no architecture drawn from small.coarse comes within .* of macs 100$/;
  expect(failureOf(() => planned(rest)).message).toMatch(message);
});

it('a ranking of one architecture is refused, and one of two is not', () => {
  const arm = (more: string) => `measure: ranking\narms: [{ name: a, stages: [coarse], set: { ${uniform}, ${more} } }]`;
  expect(planned(arm('search.tolerance: 0.5'))).toHaveLength(1);
  expect(failureOf(() => planned(arm('"cost[0].target": 9648, search.tolerance: 0.001'))).message).toBe(
    'small.coarse: expected at least 2 architectures on target; got 1',
  );
});
