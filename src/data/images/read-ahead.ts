/** Loading in the order of use: while one result is used, those that follow are loaded. */

/**
 * Makes results by their place and starts those that are said to follow, no others. What fails rejects where it is asked
 * for; what was started and is never asked for is dropped.
 *
 * @param make  loads in the background; of what is in memory already nothing is gained
 */
export function readAhead<T>(
  make: (place: number) => Promise<T>,
): (place: number, following?: readonly number[]) => Promise<T> {
  let started: ReadonlyMap<number, Promise<T>> = new Map();
  const begun = (place: number) => started.get(place) ?? make(place);
  return (place, following = []) => {
    const result = begun(place);
    started = new Map(following.map((next) => [next, quiet(begun(next))]));
    return result;
  };
}

/** The same promise, whose failure nobody need hear. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
