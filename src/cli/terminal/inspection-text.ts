/** The facts about a folder of images, for people. */
import { percent } from '#core/percent';
import type { InspectedImages, Spread } from '#data/images/inspect/inspected-images';
import { aligned } from './table.js';

const mostClasses = 20; // rows of the table

export function inspectionText(images: InspectedImages): string {
  const { folder, format, classNames, train, test, read, height, width, oneSize, encodings, imbalance } = images;
  const size = oneSize
    ? `${width.min} wide, ${height.min} high`
    : `${spreadText(width)} wide, ${spreadText(height)} high (smallest, median, largest)`;
  const formats = Object.entries(encodings).map(([name, n]) => `${n} ${name}`);
  return [
    `${folder}: ${format}, ${classNames.length} classes, train ${train.n}, test ${test.n}`,
    `sizes      ${size}`,
    `encodings  ${formats.join(', ')}; ${(images.bytes / Math.max(1, read) / 1000).toFixed(1)} kB on average`,
    `unusual    ${kindsText(images)}`,
    `duplicates ${duplicatesText(images)}`,
    `broken     ${brokenText(images)}`,
    `classes    the largest has ${imbalance.toFixed(1)} times the images of the smallest`,
    '',
    ...classTable(images),
    ...(images.notes.length === 0 ? [] : ['', ...images.notes]),
  ].join('\n');
}

function spreadText({ min, median, max }: Spread): string {
  return `${min}/${median}/${max}`;
}

function kindsText({ kinds: { grey, alpha, cmyk, sixteenBit, rotated } }: InspectedImages): string {
  const named = [
    [grey, 'grey'],
    [alpha, 'with alpha'],
    [cmyk, 'CMYK'],
    [sixteenBit, '16-bit'],
    [rotated, 'turned by EXIF'],
  ] as const;
  const parts = named.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
  return parts.length === 0 ? 'none' : `${parts.join(', ')}; all become upright RGB`;
}

function duplicatesText({ duplicates: { within, across, otherClass, examples }, test }: InspectedImages): string {
  if (within + across === 0) return 'none';
  const [first, second] = examples[0] as readonly [string, string];
  const share = test.n === 0 ? '' : ` (${percent(across / test.n)} of it)`;
  return `${within} within a part, ${across} of the test are in train${share}, ${otherClass} under another class, such as ${first} and ${second}`;
}

function brokenText({ broken: { count, examples } }: InspectedImages): string {
  return count === 0
    ? 'none'
    : [`${count}:`, ...examples.map(({ place, problem }) => `  ${place}: ${problem}`)].join('\n');
}

function classTable({ classNames, train, test }: InspectedImages): string[] {
  const rows = classNames.map((name, k) => [String(k), name, String(train.perClass[k]), String(test.perClass[k])]);
  const shown = aligned([['label', 'class', 'train', 'test'], ...rows.slice(0, mostClasses)], new Set([0, 2, 3]));
  const more = rows.length - mostClasses;
  return more > 0 ? [...shown, `and ${more} more; --json lists all`] : shown;
}
