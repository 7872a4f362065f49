import { expect, it } from 'vitest';
import { limitSeconds } from '#tasks/cluster/slurm-time';

it.each([
  ['90', 90 * 60],
  ['90:30', 90 * 60 + 30],
  ['4:00:00', 4 * 3600],
  ['1-12', 36 * 3600],
  ['1-12:30', 36 * 3600 + 30 * 60],
  ['1-12:30:05', 36 * 3600 + 30 * 60 + 5],
])('reads the limit %s as %s seconds', (text, seconds) => {
  expect(limitSeconds(text)).toBe(seconds);
});

it.each(['', '4h', '-5', '1:2:3:4', '1-', '1.5', 'UNLIMITED'])('reads no limit from %j', (text) => {
  expect(limitSeconds(text)).toBeUndefined();
});
