/** The Pareto front of accuracy and latency. */

export interface Standing {
  readonly accuracy: number;
  readonly latency: number;
}

/** Returns true for each on the front: no other is at least as accurate and as fast, and better in one of the two. */
export function paretoFront(standings: readonly Standing[]): boolean[] {
  const isDominated = (one: Standing) =>
    standings.some(
      (other) =>
        other.accuracy >= one.accuracy &&
        other.latency <= one.latency &&
        (other.accuracy > one.accuracy || other.latency < one.latency),
    );
  return standings.map((one) => !isDominated(one));
}

/** Returns the latency of each relative to the fastest that is at least as accurate: 1 on the front. */
export function behindFront(standings: readonly Standing[]): number[] {
  return standings.map(({ accuracy, latency }) => {
    const rivals = standings.filter((other) => other.accuracy >= accuracy);
    return latency / Math.min(...rivals.map((other) => other.latency));
  });
}
