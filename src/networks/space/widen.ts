/** Width multipliers (MobileNetV1, arXiv:1704.04861), which multiply every width of a network by a factor. */
import { roundChannels } from './block.js';
import type { Architecture, Head } from './space.js';

/**
 * Multiplies all widths of a network by `factor` and rounds them with `roundChannels`. A hidden layer keeps its width;
 * in a head without one, the last convolution never gets narrower (MobileNetV2, arXiv:1801.04381).
 */
export function widen(network: Architecture, factor: number): Architecture {
  const wider = (channels: number) => roundChannels(channels * factor);
  const stages = network.stages.map(({ blocks }) => ({
    blocks: blocks.map((block) => ({ ...block, out: wider(block.out) })),
  }));
  return { ...network, name: `${network.name}-${factor}x`, stages, head: widerHead(network.head, wider) };
}

function widerHead(head: Head, wider: (channels: number) => number): Head {
  if (head.conv === 0) return head;
  const conv = wider(head.conv);
  return { ...head, conv: head.hidden === 0 ? Math.max(head.conv, conv) : conv };
}
