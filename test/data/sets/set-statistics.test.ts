import { expect, it } from 'vitest';
import { statisticsText } from '#cli/terminal/set-statistics-text';
import { readManifest } from '#data/sets/manifest';
import { setStatistics } from '#data/sets/set-statistics';
import { tinySet } from '#test/data/set-fixture';

it('the statistics of a set count its rows by class, and an entropy between 0 and ln K', async () => {
  const folder = await tinySet();
  const manifest = readManifest(folder);
  const statistics = setStatistics(folder, manifest);
  expect(statistics.map(({ split, rows }) => [split, rows])).toEqual([
    ['train', 288],
    ['held', 24],
    ['test', 20],
  ]);
  expect(statistics[1]?.counts).toEqual([6, 6, 6, 6]);
  for (const { entropy } of statistics) {
    expect(entropy).toBeGreaterThan(0);
    expect(entropy).toBeLessThan(Math.log(4));
  }
  const text = statisticsText(manifest.classNames, statistics.slice(1, 2));
  expect(text.split('\n')[1]).toBe(`  class 0         6  ${'#'.repeat(30)}`);
});
