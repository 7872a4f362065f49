import { describe, expect, it } from 'vitest';
import { ridgeRange } from '#cli/arguments/ridge-range';

describe('a range of ridge points', () => {
  it.each([
    ['0:4:1', [0, 1, 2, 3, 4]],
    ['0:1:.3', [0, 0.3, 0.6, 0.9]],
    ['0:0.3:0.1', [0, 0.1, 0.2, 0.3]],
    ['31.2', [31.2]],
    ['5:10', [5, 10]],
    ['7:7:1', [7]],
  ])('%s is the points from, by and up to', (text, points) => {
    expect(ridgeRange(text)).toEqual(points);
  });

  it.each(['', 'a', '5:1:1', '-1:5:1', '0:5:0', '0:5:-1', '0:5:1:1', '0::1', '0:1e9:1', '1e308'])(
    '%j is refused',
    (text) => {
      expect(() => ridgeRange(text)).toThrow('expected');
    },
  );
});
