import { expect, it } from 'vitest';
import { classNotes } from '#data/images/class-notes';
import type { ImageSet } from '#data/images/image-source';
import { inMemorySource } from '#data/images/in-memory';
import { tinySource } from '#test/data/fixtures';

/** A source whose labels are changed. */
function relabelled(change: (label: number) => number, inTest = change): ImageSet {
  const { train, test, ...source } = tinySource();
  return {
    ...source,
    train: inMemorySource(train.shape, { images: train.images, labels: Uint8Array.from(train.labels, change) }),
    test: inMemorySource(test.shape, { images: test.images, labels: Uint8Array.from(test.labels, inTest) }),
  };
}

it('images of all classes get no note', () => {
  expect(classNotes(tinySource(), true)).toEqual([]);
});

it('classes without a train image are named, with what to state where labels count from 1', () => {
  const fromOne = relabelled((label) => Math.max(1, label));
  const message = 'tiny: no train image has the class class 0';
  expect(classNotes(fromOne, true)).toEqual([`${message}; if labels count from 1, set firstLabel: 1`]);
  expect(classNotes(fromOne, false)).toEqual([message]);
});

it('a class of test images alone is named as such', () => {
  expect(
    classNotes(
      relabelled(
        (label) => (label === 2 ? 3 : label),
        (label) => label,
      ),
      true,
    ),
  ).toEqual(['tiny: no train image has the class class 2, although test images do']);
});

it('of very many classes the first are named', () => {
  const wide = { ...tinySource(), classNames: Array.from({ length: 14 }, (_, k) => `n${k}`) };
  expect(classNotes(wide, true)).toEqual([
    'tiny: no train image has the class n4, n5, n6, n7, n8, n9, n10, n11 and 2 more',
  ]);
});
