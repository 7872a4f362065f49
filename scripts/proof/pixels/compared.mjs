// Compares our decoder's pixels with those of other libraries, picture by picture and view by view.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodedImage, storedPicture } from '#data/images/decode/decode';
import { addDifferences } from '../byte-differences.mjs';

/**
 * Returns for each kind of picture, library and view the largest and the mean difference of a channel and the share of
 * equal bytes over the pictures of the kind.
 *
 * @param pictures  as pictures.py prints them
 */
export async function comparedPictures(folder, pictures) {
  const found = new Map();
  for (const { kind, file, results } of pictures) {
    const bytes = readFileSync(join(folder, file));
    for (const { library, view, box, size, file: theirs } of results) {
      const key = [kind, library, view].join('/');
      const sums = found.get(key) ?? { kind, library, view, largest: 0, absolute: 0, equal: 0, bytes: 0 };
      addDifferences(sums, await ourPixels(bytes, box, size, file), readFileSync(join(folder, theirs)), key);
      found.set(key, sums);
    }
  }
  return [...found.values()].map(({ absolute, equal, bytes, ...rest }) => ({
    ...rest,
    mean: absolute / bytes,
    equal: equal / bytes,
  }));
}

async function ourPixels(bytes, box, [width, height], place) {
  if (box === null) return (await decodedImage(bytes, place)).pixels;
  const [left, top, right, bottom] = box;
  const rectangle = { top, left, height: bottom - top, width: right - left };
  return (await storedPicture(bytes, place).view(rectangle, { height, width })).pixels;
}
