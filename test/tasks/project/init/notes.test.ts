import { describe, expect, it } from 'vitest';
import { notesOn } from '#tasks/project/init/notes';
import { inspected } from './inspected.js';

describe('what a user should know about the images', () => {
  it('is nothing where all is well', () => {
    expect(notesOn(inspected())).toEqual([]);
  });

  it.each([
    [{ train: { n: 90, perClass: [80, 10, 0, 0] }, test: { n: 4, perClass: [1, 1, 1, 1] } }, '94 images are few'],
    [{ train: { n: 790, perClass: [260, 260, 260, 10] } }, 'hardly be learnt: tulip'],
    [{ test: { n: 100, perClass: [50, 50, 0, 0] } }, 'no test images show rose, tulip, so the accuracy says nothing'],
    [{ imbalance: 4.24 }, 'the largest class has 4.2 times the images of the smallest'],
    [
      { duplicates: { within: 0, across: 20, otherClass: 0, examples: [['a.jpg', 'b.jpg']] } },
      '20 test images (10.0 %) are train images too, such as a.jpg and b.jpg',
    ],
    [{ duplicates: { within: 2, across: 0, otherClass: 2, examples: [] } }, '2 images lie in two classes at once'],
    [{ broken: { count: 1, examples: [{ place: 'x.jpg', problem: '' }] } }, '1 images cannot be decoded'],
  ] as const)('%j', (changes, said) => {
    expect(notesOn(inspected(changes as Parameters<typeof inspected>[0])).join('\n')).toContain(said);
  });
});
