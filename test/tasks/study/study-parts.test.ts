import { describe, expect, it } from 'vitest';
import { joined } from '#tasks/study/study-parts';
import { armWith, finding } from './findings.js';

const shown = (arms: ReturnType<typeof joined>) =>
  arms.map(({ name, target, findings }) => [name, target, findings.map(({ seed, alone }) => [seed, alone])]);

describe('parts of a study, put together', () => {
  it('keep all seeds of each arm; the later one counts where two have the same', () => {
    const first = [armWith('a', [finding(1, 'x', 0.5), finding(3, 'y', 0.6)]), armWith('b', [finding(1, 'z', 0.7)])];
    const second = [armWith('a', [finding(2, 'x', 0.8), finding(3, 'v', 0.9), finding(3, 'w', 0.4)]), armWith('b', [])];
    expect(shown(joined([first, second]))).toEqual([
      [
        'a',
        null,
        [
          [1, 0.5],
          [2, 0.8],
          [3, 0.9],
          [3, 0.4],
        ],
      ],
      ['b', null, [[1, 0.7]]],
    ]);
  });

  it('have the arms of the last part first, in its order, and each target apart', () => {
    const at = (target: number) => ({ target });
    const first = [armWith('a', [finding(1, 'x', 0.5)], at(1)), armWith('old', [], at(1))];
    const second = [armWith('new', [], at(1)), armWith('a', [finding(1, 'x', 0.6)], at(2)), armWith('a', [], at(1))];
    expect(shown(joined([first, second]))).toEqual([
      ['new', 1, []],
      ['a', 2, [[1, 0.6]]],
      ['a', 1, [[1, 0.5]]],
      ['old', 1, []],
    ]);
  });
});
