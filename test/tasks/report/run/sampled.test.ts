import { expect, it } from 'vitest';
import { sampledPoints } from '#tasks/report/run/sampled';
import { reportedRun } from './report-fixture.js';

it('gives every architecture of every step', () => {
  const { all, shown } = sampledPoints(reportedRun(), 100);
  expect(all).toBe(4);
  expect(
    shown.map(({ step, decisions, quality, mixed, costs }) => [step, decisions, quality, mixed, costs['macs']]),
  ).toEqual(
    [20, 40].flatMap((step) => [
      [step, [0, 0], 0.1, true, 50_000],
      [step, [1, 1], 0.2, false, 150_000],
    ]),
  );
});

it('thins them at equal distances and counts all', () => {
  const { all, shown } = sampledPoints(reportedRun(), 2);
  expect([all, shown.map(({ step, mixed }) => [step, mixed])]).toEqual([
    4,
    [
      [20, true],
      [40, false],
    ],
  ]);
});
