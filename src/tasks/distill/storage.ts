/** The form in which a set's rows are stored. */
import { isMixing } from '#data/images/augment/mix';
import type { ImageForm } from '#data/images/image-source';
import { imageBytes } from '#data/images/image-stack';
import type { Manifest } from '#data/sets/manifest';
import type { RowLayout } from '#data/sets/shard';
import { mostFullClasses } from '#data/sets/soft-labels';
import { defaultQuality, type Encoding } from '#data/sets/stored-images';
import type { BuildRecipe } from './build-recipe.js';

export interface Storage {
  readonly layout: RowLayout;
  /** Undefined if images are stored raw. */
  readonly encoding: Encoding | undefined;
  /** The manifest's entries for it. */
  readonly manifest: Pick<Manifest, 'version' | 'images' | 'softLabels'>;
}

const mostRawBytes = 2 ** 14; // 64x64 pixels of three channels are 12 KiB
const defaultTop = 10; // classes

/**
 * The storage that a recipe states or, by default, raw images up to 16 KiB and JPEG above, all probabilities up to 64
 * classes and the 10 largest above.
 */
export function storageOf(recipe: BuildRecipe, { shape, classes }: ImageForm): Storage {
  const size = imageBytes(shape);
  const stored = recipe.images?.stored ?? (size <= mostRawBytes ? 'raw' : 'jpeg');
  const wanted = recipe.softLabels?.top ?? (classes <= mostFullClasses ? classes : defaultTop);
  const top = wanted < classes ? wanted : undefined;
  const mixed = isMixing(recipe.augment);
  const encoding = encodingOf(stored, recipe.images?.quality);
  const isNew = encoding !== undefined || top !== undefined || recipe.pool !== undefined;
  return {
    layout: { imageBytes: size, classes, mixed, ...(encoding && { encoded: true }), ...(top && { top }) },
    encoding,
    manifest: { version: isNew ? 2 : 1, ...(encoding && { images: encoding }), ...(top && { softLabels: { top } }) },
  };
}

function encodingOf(stored: 'raw' | 'jpeg' | 'png', quality = defaultQuality): Encoding | undefined {
  if (stored === 'raw') return undefined;
  return stored === 'jpeg' ? { stored, quality } : { stored };
}
