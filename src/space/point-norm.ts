/** Where a network normalises a map of one place: what a batch of one image must not be trained through. */
import { strided } from './block.js';
import { isChoice, type Open, type Opened, type Space } from './space.js';

/**
 * The path of the first layer whose batch norm may see a single value of each channel and image; undefined where there
 * is none. Over one image alone such a layer gives its beta, whatever the image.
 */
export function pointNorm({ input, stages, head }: Space): string | undefined {
  let side = input.resolution;
  for (const { path, among } of stages.flatMap(({ slots }) => slots)) {
    const least = Math.min(...among.map((block) => leastSide(block, side)));
    if (least === 1) return path;
    side = strided(side, (among[0] as Opened).stride);
  }
  return head.hiddenNorm && mayBePresent(head.hidden) ? 'head.hidden' : undefined;
}

/** The side of the smallest map that a block normalises: its output or, of attention, its input or what is seen of it. */
function leastSide(block: Opened, side: number): number {
  return strided(side, 'kvStride' in block ? block.kvStride : block.stride);
}

function mayBePresent(width: Open<number>): boolean {
  return isChoice(width) ? width.options.some((option) => option > 0) : width > 0;
}
