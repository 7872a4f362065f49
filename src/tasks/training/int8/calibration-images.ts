/** The training images from which int8 takes the ranges of its values. */
import type { Batches } from '#data/sets/loader';
import type { Images } from '#networks/nn/model';
import type { TrainingRecipe } from '#tasks/training/recipe';

const wanted = 256; // images

/** The order in which they are taken. */
export const calibrationOrder = { seed: 1, batch: 16 };

/** Returns a recipe with the same images, without augmentation and in calibration's batches. */
export function forCalibration(recipe: TrainingRecipe): TrainingRecipe {
  const { data } = recipe;
  const plain = 'source' in data ? { ...data, augment: {} } : data;
  return { ...recipe, data: plain, batch: calibrationOrder.batch, microBatches: 1 };
}

/** @param batches  of `calibrationOrder` */
export async function fewImages(batches: Batches): Promise<Images> {
  const parts: Uint8Array[] = [];
  for (let step = 0; step < wanted / calibrationOrder.batch; step++)
    parts.push((await batches.at(step, [step + 1])).images);
  return { n: wanted, images: Buffer.concat(parts) };
}
