/** Finds batch norm on 1x1 maps, through which a batch of one image must not be trained. */
import { type Sides, stridedMap } from './resolution.js';
import { isChoice, type Open, type Opened, type Space } from './space.js';
import { walkChoices } from './walk-choices.js';

/**
 * The path of the first layer whose batch norm may see a single value of each channel and image; undefined where there
 * is none. Over one image alone such a layer gives its beta, whatever the image.
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

/** To the smallest map that a block normalises: its output or, of attention, its input or what is seen of it. */
function leastStride(block: Opened): number {
  return 'kvStride' in block ? block.kvStride : block.stride;
}

function isPoint(map: Sides): boolean {
  return map.every((side) => side === 1);
}

function mayBePresent(width: Open<number>): boolean {
  return isChoice(width) ? width.options.some((option) => option > 0) : width > 0;
}
