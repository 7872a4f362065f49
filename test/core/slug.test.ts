import { expect, it } from 'vitest';
import { slug } from '#core/slug';

it.each([
  ['mnv4-conv-s', 'mnv4-conv-s'],
  ['My Net', 'My-Net'],
  ['a/b', 'a-b'],
  ['../../up', 'up'],
  ['-x', 'x'],
  ['.hidden', 'hidden'],
  ['café 2.0!', 'cafe-2.0'],
  ['网络', 'unnamed'],
  ['', 'unnamed'],
  ['x'.repeat(300), 'x'.repeat(60)],
  [`${'x'.repeat(59)}-y`, 'x'.repeat(59)],
])('the name %j is %s in file names', (name, expected) => {
  expect(slug(name)).toBe(expected);
});
