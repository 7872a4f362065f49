/** The figures of docs/method.md, computed by the code that its formulas describe. */
import { expect, it } from 'vitest';
import { reward } from '#tasks/search/controller/reward';
import { defaultShares, referenceLearningRate, schedule } from '#tasks/search/controller/schedule';
import { readPage } from '../../scripts/docs/pages.mjs';

/** The text between two comments of the page. */
function part(name: string): string {
  return new RegExp(`<!-- ${name} -->\\n([^]*?)\\n<!-- /${name} -->`).exec(readPage('docs/method.md'))?.[1] ?? '';
}

it('the rewards of the example', () => {
  const costs = [{ value: 1, target: 0.5, beta: -0.07 }];
  const [absolute, mnas, hard] = (['absolute', 'mnas', 'mnas-hard'] as const).map((kind) =>
    reward(kind, 0.8, costs).toFixed(5),
  );
  expect(hard).toBe(mnas);
  expect(part('reward')).toContain(`\`absolute\` ${absolute}, \`mnas\` and \`mnas-hard\` ${mnas}`);
});

it("the logit travel of TuNAS's learning rate in a long and in a short search", () => {
  const travel = (steps: number, batch: number) =>
    schedule({ ...defaultShares, steps, rate: { learningRate: referenceLearningRate(batch) } }).logitTravel;
  const long = Math.round(travel(27_050, 4096) / 10) * 10;
  expect(part('travel')).toContain(`27,050 steps of batch 4096 travel ${long};`);
  expect(part('travel')).toContain(`400 steps of batch 128 travel ${travel(400, 128).toFixed(1)},`);
});
