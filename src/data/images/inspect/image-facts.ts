/** Sums up the facts about single images. */
import { duplicatesAmong, type HashedImage } from './duplicates.js';
import type { ImageKinds, InspectedImages, Spread } from './inspected-images.js';
import type { ReadImage, SoundImage } from './read-images.js';

/** An image that was read, with its place in the source. */
export type PlacedImage = ReadImage & HashedImage;

type Facts = Pick<
  InspectedImages,
  'read' | 'bytes' | 'height' | 'width' | 'shorterSide' | 'oneSize' | 'kinds' | 'encodings' | 'broken' | 'duplicates'
>;

const mostExamples = 10;

export function factsOf(images: readonly PlacedImage[]): Facts {
  const sound = images.flatMap((image) => image.sound ?? []);
  const broken = images.flatMap(({ place, problem }) => (problem === undefined ? [] : [{ place, problem }]));
  const [height, width] = [spread(sound.map((image) => image.height)), spread(sound.map((image) => image.width))];
  return {
    read: images.length,
    bytes: images.reduce((sum, { bytes }) => sum + bytes, 0),
    height,
    width,
    shorterSide: spread(sound.map((image) => Math.min(image.height, image.width))),
    oneSize: height.min === height.max && width.min === width.max,
    kinds: kindsOf(sound),
    encodings: counted(sound.map(({ encoding }) => encoding)),
    broken: { count: broken.length, examples: broken.slice(0, mostExamples) },
    duplicates: duplicatesAmong(images),
  };
}

/** The smallest, the lower median and the largest value; zeros if there are none. */
export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (i: number) => sorted[i] ?? 0;
  return { min: at(0), median: at((sorted.length - 1) >> 1), max: at(sorted.length - 1) };
}

function kindsOf(images: readonly SoundImage[]): ImageKinds {
  const count = (has: (image: SoundImage) => boolean) => images.filter(has).length;
  return {
    grey: count(({ isGrey }) => isGrey),
    alpha: count(({ hasAlpha }) => hasAlpha),
    cmyk: count(({ isCmyk }) => isCmyk),
    sixteenBit: count(({ isSixteenBit }) => isSixteenBit),
    rotated: count(({ isRotated }) => isRotated),
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
