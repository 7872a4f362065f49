/** Sentences about the images that a user should read before a search. */
import { percent } from '#core/percent';
import type { InspectedImages } from '#data/images/inspect/inspected-images';

const fewImages = 200;
const fewPerClass = 20;
const notableImbalance = 3;
const shownNames = 5;

export function notesOn(images: InspectedImages): string[] {
  const { classNames, train, test, duplicates, imbalance, broken } = images;
  const few = classNames.filter((_, k) => (train.perClass[k] as number) < fewPerClass);
  const untested = classNames.filter((_, k) => (test.perClass[k] as number) === 0);
  const { across, otherClass, examples } = duplicates;
  const all = train.n + test.n;
  return [
    ...(all < fewImages
      ? [`${all} images are few: accuracies will be uncertain by many points; ${fewImages} or more are better`]
      : []),
    ...(few.length > 0
      ? [`classes with fewer than ${fewPerClass} train images will hardly be learnt: ${named(few)}`]
      : []),
    ...(untested.length > 0
      ? [
          `no test images show ${named(untested)}, so the accuracy says nothing about them; move some there, or remove the test folder so that a fifth of all is kept for the test`,
        ]
      : []),
    ...(imbalance >= notableImbalance
      ? [
          `the largest class has ${imbalance.toFixed(1)} times the images of the smallest; networks will favour it: more images of the small classes help most`,
        ]
      : []),
    ...(across > 0
      ? [
          `test images that are train images too: ${across} (${percent(across / Math.max(1, test.n), 1)}), so the accuracy will flatter the network; remove one of each, such as ${examples[0]?.join(' or ')}`,
        ]
      : []),
    ...(otherClass > 0
      ? [`images that lie in two classes at once: ${otherClass}; at most one of their labels is right`]
      : []),
    ...(broken.count > 0
      ? [`images that cannot be decoded and are left out: ${broken.count}, such as ${broken.examples[0]?.place}`]
      : []),
  ];
}

function named(names: readonly string[]): string {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
