/** Finds batch norm on 1x1 maps, through which a batch of one image must not be trained. */
import { type Sides, sidesOf, stridedMap } from './resolution.js';
import { isChoice, type Open, type Opened, type Space } from './space.js';

/**
 * The path of the first layer whose batch norm may see a single value of each channel and image; undefined where there
 * is none. Over one image alone such a layer gives its beta, whatever the image.
 */
export function pointNorm({ input, stages, head }: Space): string | undefined {
  let map = sidesOf(input.resolution);
  for (const { path, among } of stages.flatMap(({ slots }) => slots)) {
    if (among.some((block) => isPoint(stridedMap(map, leastStride(block))))) return path;
    map = stridedMap(map, (among[0] as Opened).stride);
  }
  return head.hiddenNorm && mayBePresent(head.hidden) ? 'head.hidden' : undefined;
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
