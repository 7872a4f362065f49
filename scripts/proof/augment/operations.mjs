// Compares RandAugment's operations with those of torchvision and timm, photograph by photograph, byte by byte.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operated, operationKinds } from '#data/images/augment/operation';
import { operationAt } from '#data/images/augment/rand-augment';
import { addDifferences } from '../byte-differences.mjs';

const magnitudes = { torchvision: [0, 5, 9, 15, 30], timm: [3, 5, 9, 10], timmIncreasing: [0, 5, 9] };

/** Yields for each operation and scale the largest and mean difference, and the share of equal bytes. */
export async function* comparedOperations(others, folder) {
  const photos = (await others.ask(JSON.stringify({ photos: folder }))).map((photo) => ({
    ...photo,
    image: imageOf(photo),
  }));
  for (const [library, levels] of Object.entries(magnitudes)) {
    for (const kind of operationKinds) {
      yield { library, kind, ...(await comparedOn(photos, { library, kind, levels }, others, folder)) };
    }
  }
}

async function comparedOn(photos, { library, kind, levels }, others, folder) {
  const to = join(folder, 'theirs.raw');
  const sums = { images: 0, bytes: 0, equal: 0, absolute: 0, largest: 0 };
  for (const { file, shape, image } of photos) {
    for (const magnitude of levels) {
      for (const sign of [1, -1]) {
        const asked = { photo: file, shape, library, operation: kind, magnitude, sign, to };
        await others.ask(JSON.stringify(asked));
        const ours = operated(image, operationAt(kind, library, magnitude, sign, image)).pixels;
        addDifferences(sums, ours, readFileSync(to), `${kind} of ${file}`);
        sums.images++;
      }
    }
  }
  const { images, bytes, equal, absolute, largest } = sums;
  return { images, largest, mean: absolute / bytes, equal: equal / bytes };
}

function imageOf({ file, shape: [height, width, channels] }) {
  return { height, width, channels, pixels: new Uint8Array(readFileSync(file)) };
}
