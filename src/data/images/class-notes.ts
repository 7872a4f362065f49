/** Notes for the user about the distribution of images over classes. */
import { type ImageSet, type ImageSource, labelsOf } from './image-source.js';

/**
 * A note about the classes that no train image has, so that no network can learn them; empty if all classes have some.
 *
 * @param mayShift  true if the source has a `firstLabel` that the user may set
 */
export function classNotes({ name, classNames, train, test }: ImageSet, mayShift: boolean): string[] {
  const classes = classNames.length;
  const [taught, tested] = [counts(train, classes), counts(test, classes)];
  const missing = classNames.filter((_, k) => taught[k] === 0);
  if (missing.length === 0) return [];
  const alsoTested = classNames.some((_, k) => taught[k] === 0 && (tested[k] as number) > 0);
  const first = taught.findIndex((count) => count > 0);
  const isShifted = mayShift && first > 0 && missing.length === first && !alsoTested;
  const hint = isShifted ? `; if labels count from ${first}, set firstLabel: ${first}` : '';
  return [
    `${name}: no train image has the class ${listed(missing)}${alsoTested ? ', although test images do' : ''}${hint}`,
  ];
}

function counts(source: ImageSource, classes: number): number[] {
  const found = new Array<number>(classes).fill(0);
  for (const label of labelsOf(source)) found[label] = (found[label] as number) + 1;
  return found;
}

const shownNames = 8;

function listed(names: readonly string[]): string {
  const more = names.length - shownNames;
  return `${names.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
