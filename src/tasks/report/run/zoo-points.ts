/** The shipped networks at the widths whose costs lie in the range of a search. */
import { type CostSpec, costOf } from '#networks/cost/cost';
import type { Architecture, NetworkFrame } from '#networks/space/space';
import { widen } from '#networks/space/widen';
import { namedNetwork } from '#networks/zoo/named-network';
import { namedAccuracy } from '#networks/zoo/published';
import { shippedNames } from '#networks/zoo/shipped';

/** A shipped network at a width. */
export interface ZooPoint {
  readonly name: string;
  readonly width: number;
  readonly network: Architecture;
  readonly cost: number;
  /** Published top-1 on ImageNet, trained alone; null unless classes and resolution are those of the publication. */
  readonly published: number | null;
}

const widths = [0.25, 0.35, 0.5, 0.75, 1, 1.25, 1.4, 1.5, 2];

/** Names of the shipped networks, without the teachers. */
export function zooNames(): string[] {
  return shippedNames('search-spaces/zoo').filter((name) => !name.startsWith('teacher-'));
}

/**
 * Returns the shipped networks, with the input and the classes of a search, at each common width multiplier at which
 * their cost is inside `range`.
 */
export function zooPoints(
  { input, classes }: Pick<NetworkFrame, 'input' | 'classes'>,
  spec: CostSpec,
  [least, most]: readonly [least: number, most: number],
): ZooPoint[] {
  return zooNames().flatMap((name) => {
    const original = namedNetwork(name);
    const asTrained = { ...original, input, classes };
    const isPublished = classes === original.classes && input.resolution === original.input.resolution;
    return widths.flatMap((width) => {
      const network = width === 1 ? asTrained : widen(asTrained, width);
      const cost = costOf(spec, network);
      if (cost < least || cost > most) return [];
      const published = isPublished ? (namedAccuracy(width === 1 ? name : `${name}-${width}x`)?.top1 ?? null) : null;
      return [{ name, width, network, cost, published }];
    });
  });
}

/** The point of each network whose cost is nearest to `cost`, in the order of the names. */
export function nearestWidths(points: readonly ZooPoint[], cost: number): ZooPoint[] {
  const distance = (point: ZooPoint) => Math.abs(Math.log(point.cost / cost));
  const names = [...new Set(points.map(({ name }) => name))];
  return names.map((name) =>
    points.filter((point) => point.name === name).reduce((a, b) => (distance(b) < distance(a) ? b : a)),
  );
}
