import { expect, it } from 'vitest';
import { choiceText, policyOverTime } from '#tasks/report/run/policy-columns';
import { reportedRun } from './report-fixture.js';

it('gives the probability of each option, at the temperature of the policy', () => {
  const { options, logged, columns } = policyOverTime(reportedRun(), 10);
  expect(options.map(({ choice, option, isFirst }) => [choice, option, isFirst])).toEqual([
    ['1 out', '8', true],
    ['1 out', '16', false],
    ['1.1 use', 'false', true],
    ['1.1 use', 'true', false],
  ]);
  expect([logged, columns.length]).toEqual([2, 2]);
  expect([columns[1]?.from, columns[1]?.step]).toEqual([20, 40]);
  for (const [i, p] of [0.25, 0.75, 0.5, 0.5].entries()) expect(columns[0]?.probabilities[i]).toBeCloseTo(p, 12); // 2 ln 3 at a temperature of 2
});

it('thins the policies but keeps the last', () => {
  const run = reportedRun({ logged: [10, 20, 30, 40], result: undefined });
  expect(policyOverTime(run, 2).columns.map(({ from, step }) => [from, step])).toEqual([
    [0, 10],
    [10, 40],
  ]);
});

it('names choices as the drawing does', () => {
  expect(['stages[1].out', 'stages[2].blocks[3].midKernel', 'head.conv'].map(choiceText)).toEqual([
    '1 out',
    '2.3 midKernel',
    'head conv',
  ]);
});
