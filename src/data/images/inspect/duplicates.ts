/** Finds images whose files have the same bytes. */
import type { Duplicates } from './inspected-images.js';

/** An image that was read. */
export interface HashedImage {
  readonly sha256: string;
  readonly part: 'train' | 'test';
  readonly label: number;
  readonly place: string;
}

const mostExamples = 10;

/** Compares each image with the first one of the same bytes, train before test. */
export function duplicatesAmong(images: readonly HashedImage[]): Duplicates {
  const train = images.filter(({ part }) => part === 'train');
  const test = images.filter(({ part }) => part === 'test');
  const first = new Map<string, { readonly train?: HashedImage; readonly test?: HashedImage }>();
  const counts = { within: 0, across: 0, otherClass: 0 };
  const examples = { across: [] as [string, string][], within: [] as [string, string][] };
  for (const image of [...train, ...test]) {
    const before = first.get(image.sha256);
    const other = before?.[image.part] ?? before?.train;
    if (before?.[image.part] === undefined) first.set(image.sha256, { ...before, [image.part]: image });
    else counts.within++;
    if (other === undefined) continue;
    const isAcross = image.part === 'test' && before?.train !== undefined;
    if (isAcross) counts.across++;
    if (image.label !== other.label) counts.otherClass++;
    const shown = isAcross ? examples.across : examples.within;
    if (shown.length < mostExamples) shown.push([other.place, image.place]);
  }
  return { ...counts, examples: [...examples.across, ...examples.within].slice(0, mostExamples) };
}
