/** Training without the teacher's soft labels: the baseline that shows the benefit of a distillation set. */

import { smoothed } from '#data/sets/labelled-batches';
import type { Batches } from '#data/sets/loader';
import type { Manifest } from '#data/sets/manifest';

const smoothing = 0.1; // TuNAS, released default, for hard labels

/** Returns the same images with the source's labels, smoothed, in place of the teacher's. */
export function hardLabelled(batches: Batches, classes: number): Batches {
  return {
    async at(step, following) {
      const batch = await batches.at(step, following);
      return { ...batch, soft: smoothed(batch.labels, classes, smoothing, batch.mixing) };
    },
  };
}

/** True if a set contains blends of two images but one label for each, as sets built by older versions do. */
export function lacksMixedLabels({ recipe, mixedLabels }: Pick<Manifest, 'recipe' | 'mixedLabels'>): boolean {
  const augment = recipe.augment as { readonly mixup?: unknown } | undefined;
  return augment?.mixup !== undefined && mixedLabels === undefined;
}
