/** A known network on target: the baseline that needs no search. */
import { type Diagnostic, Failure } from '#core/failure';
import { costOf } from '#networks/cost/cost';
import type { CostTarget } from '#networks/cost/target';
import { sidesOf } from '#networks/space/resolution';
import type { Architecture, Space } from '#networks/space/space';
import { widen } from '#networks/space/widen';

/** The settings of a search that say what its networks are for. */
export interface ScaledFor {
  readonly space: Pick<Space, 'input' | 'classes'>;
  readonly targets: readonly CostTarget[];
  /** Largest distance from a target, as a share of it. */
  readonly tolerance: number;
  /** Locates the network's name in a diagnostic. */
  readonly report?: (message: string) => Diagnostic;
}

/**
 * Returns the network with another input and number of classes and the width multiplier from 0.2 to 4, in steps of 0.01,
 * that comes closest to the targets. For small images the first strides of 2 become 1, as usual for CIFAR, until the last map has
 * 4 pixels a side; if no width is on target then, one stride fewer is changed, and so on. A network that is never on
 * target is a config failure.
 */
export function scaledNetwork(network: Architecture, search: ScaledFor): Architecture {
  const { targets, tolerance, report = (message) => ({ message }) } = search;
  const scaled = scaledIfOnTarget(network, search);
  if (scaled !== undefined) return scaled;
  const names = targets.map(({ name, target }) => `${name} ${target}`).join(' and ');
  const message = `no width of ${network.name} from 0.2x to 4x comes within ${100 * tolerance} % of ${names}`;
  throw new Failure('config', report(message), 'change the targets, or allow a larger tolerance');
}

/** Returns what `scaledNetwork` does, or undefined for a network that is never on target. */
export function scaledIfOnTarget(network: Architecture, search: ScaledFor): Architecture | undefined {
  const { space, targets, tolerance } = search;
  const { input, classes } = space;
  for (let kept = smallestStrides(network, Math.min(...sidesOf(input.resolution))); kept >= 0; kept--) {
    const fitted = { ...network, input, classes, stages: withoutStrides(network, kept) };
    const closest = widths.map((width) => widen(fitted, width)).reduce((a, b) => (off(b) < off(a) ? b : a));
    if (off(closest) <= tolerance) return closest;
  }
  return undefined;

  function off(one: Architecture): number {
    return Math.max(...targets.map(({ spec, target }) => Math.abs(costOf(spec, one) / target - 1)));
  }
}

const widths = Array.from({ length: 381 }, (_, i) => (i + 20) / 100);

const smallestMap = 4; // pixels a side

/** Returns how many strides of 2 must become 1 so that the last map has at least `smallestMap` pixels a side. */
function smallestStrides({ stages }: Architecture, side: number): number {
  const strides = stages.flatMap(({ blocks }) => blocks).filter(({ stride }) => stride === 2).length;
  const fitting = Math.floor(Math.log2(side / (smallestMap - 0.5))); // a side of 28 becomes 14, 7, 4
  return Math.max(0, strides - fitting);
}

/** Returns the stages with the first `count` strides of 2 changed to 1. */
function withoutStrides({ stages }: Architecture, count: number): Architecture['stages'] {
  let left = count;
  return stages.map((stage) => ({
    ...stage,
    blocks: stage.blocks.map((block) => (block.stride === 2 && left-- > 0 ? { ...block, stride: 1 } : block)),
  }));
}
