/** Finds batch norm on 1x1 maps, which must not be trained with batches of one image. */
import { type Sides, stridedMap } from './resolution.js';
import { isChoice, type Open, type Opened, type Space } from './space.js';
import { walkChoices } from './walk-choices.js';

/**
 * Returns the path of the first layer whose batch norm may see a single value per channel and image; undefined if there
 * is none. For a batch of one image, such a layer outputs its beta, whatever the image.
 */
export function pointNorm(space: Space): string | undefined {
  let found: string | undefined;
  walkChoices(space, {
    slot({ slot: { path, among }, map }) {
      if (among.some((block) => isPoint(stridedMap(map, leastStride(block))))) found ??= path;
    },
    head({ head }) {
      if (head.hiddenNorm && mayBePresent(head.hidden)) found ??= 'head.hidden';
    },
  });
  return found;
}

/** Stride to the smallest map that a block normalises: its output or, for attention, the map of keys and values. */
function leastStride(block: Opened): number {
  return 'kvStride' in block ? block.kvStride : block.stride;
}

function isPoint(map: Sides): boolean {
  return map.every((side) => side === 1);
}

function mayBePresent(width: Open<number>): boolean {
  return isChoice(width) ? width.options.some((option) => option > 0) : width > 0;
}
