/** Notes for the user about the distribution of images over classes. */
import type { ImageSource, LabelledImages } from './image-source.js';

/**
 * A sentence for classes that no network can learn, since no train image has them.
 *
 * @param mayShift  whether the source's labels may be told to count from another number
 */
export function classNotes({ name, classes, classNames, train, test }: ImageSource, mayShift: boolean): string[] {
  const [taught, tested] = [counts(train, classes), counts(test, classes)];
  const missing = classNames.filter((_, k) => taught[k] === 0);
  if (missing.length === 0) return [];
  const alsoTested = classNames.some((_, k) => taught[k] === 0 && (tested[k] as number) > 0);
  const first = taught.findIndex((count) => count > 0);
  const isShifted = mayShift && first > 0 && missing.length === first && !alsoTested;
  const hint = isShifted ? `; if labels count from ${first}, state firstLabel: ${first}` : '';
  return [
    `${name}: no train image has the class ${listed(missing)}${alsoTested ? ', though test images have' : ''}${hint}`,
  ];
}

function counts({ labels }: LabelledImages, classes: number): number[] {
  const found = new Array<number>(classes).fill(0);
  for (const label of labels) found[label] = (found[label] as number) + 1;
  return found;
}

const shownNames = 8;

function listed(names: readonly string[]): string {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
