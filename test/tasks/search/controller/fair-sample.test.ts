import { expect, it } from 'vitest';
import { fairSample } from '#tasks/search/controller/fair-sample';

const choices = [2, 3, 4].map((options, i) => ({
  path: `c${i}`,
  options,
  kind: 'op' as const,
  largest: 0,
  when: i === 2 ? [{ choice: 0, option: 1 }] : [],
}));

it('trains every option of a choice once in as many samples as there are options', () => {
  const samples = Array.from({ length: 24 }, (_, index) => fairSample(choices, index, 's'));
  for (const [i, { options }] of choices.entries()) {
    for (let from = 0; from < 24; from += options) {
      const drawn = samples.slice(from, from + options).map(({ decisions }) => decisions[i]);
      expect(drawn.toSorted()).toEqual(Array.from({ length: options }, (_, option) => option));
    }
  }
  for (const { decisions, active, allOn } of samples) {
    expect(active).toEqual([true, true, decisions[0] === 1]);
    expect(allOn).toEqual([false, false, false]);
  }
});

it('depends on index and stream alone, and combines options in changing ways', () => {
  expect(fairSample(choices, 7, 's')).toEqual(fairSample(choices, 7, 's'));
  const seen = new Set(Array.from({ length: 240 }, (_, index) => fairSample(choices, index, 's').decisions.join()));
  expect(seen.size).toBe(24);
});
