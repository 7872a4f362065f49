import { expect, it } from 'vitest';
import type { Progress } from '#jobs/observer';
import { inReports } from '#tasks/distill/build-reports';

it('reports of a build come at every hundredth, with the rate of this attempt and the time left', () => {
  const told: Progress[] = [];
  let ms = 0;
  const report = inReports(
    (progress) => told.push(progress),
    () => ms,
  );
  const tell = (part: 'pool' | 'train', rows: number, kept: number, atMs: number) => {
    ms = atMs;
    report({ part, rows, of: 200, kept });
  };
  tell('pool', 100, 0, 0);
  tell('pool', 200, 0, 50);
  tell('train', 10, 10, 999); // rows that an earlier attempt left
  tell('train', 20, 20, 1000);
  tell('train', 21, 20, 1010);
  tell('train', 40, 20, 1999);
  expect(told).toEqual([
    { stage: 'select from pool', step: 100, steps: 200 },
    { stage: 'select from pool', step: 200, steps: 200, imagesPerSecond: 2000, secondsLeft: 0 },
    { stage: 'dataset build', step: 10, steps: 200 },
    { stage: 'dataset build', step: 20, steps: 200 },
    { stage: 'dataset build', step: 40, steps: 200, imagesPerSecond: 20, secondsLeft: 8 },
  ]);
});
