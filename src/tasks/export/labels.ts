/** Names of a network's classes as other programs read them: a text with one name per line. */
import { Failure } from '#core/failure';
import { shown } from '#core/shown';
import { classNameProblems } from '#data/images/class-names';
import type { Exported } from './exporter.js';

export const labelsFile = 'labels.txt';

export function labelsText(exported: Exported): string {
  return `${labels(exported).join('\n')}\n`;
}

/**
 * Returns a name for each class: its number if the classes have no names. Names that a line cannot hold are a data
 * failure.
 */
function labels({ classNames, network }: Exported): readonly string[] {
  const problems = classNameProblems(classNames ?? []);
  if (problems.length > 0) {
    throw new Failure(
      'data',
      problems.map(({ at, expected }) => ({
        message: `${network.name}: classNames[${at}]: expected ${expected}; got ${shown(classNames?.[at])}`,
      })),
      'rename the classes of the images, then train again or build their set again',
    );
  }
  return classNames ?? Array.from({ length: network.classes }, (_, k) => String(k));
}
