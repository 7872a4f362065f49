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
      'test images that are train images too: 20 (10.0 %), so the accuracy will flatter the network; remove one of each, such as a.jpg or b.jpg',
    ],
    [
      { duplicates: { within: 2, across: 0, otherClass: 2, examples: [] } },
      'images that lie in two classes at once: 2',
    ],
    [
      { broken: { count: 1, examples: [{ place: 'x.jpg', problem: '' }] } },
      'images that cannot be decoded and are left out: 1, such as x.jpg',
    ],
  ] as const)('%j', (changes, said) => {
    expect(notesOn(inspected(changes as Parameters<typeof inspected>[0])).join('\n')).toContain(said);
  });
});
