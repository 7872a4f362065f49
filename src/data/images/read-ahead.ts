/** Loads results ahead of their use: while one is used, the next ones are loaded. */

/**
 * A function that makes the result at a place and starts only those at the places that follow. A failure rejects the
 * call for its place; results that are started but never asked for are dropped.
 *
 * @param make  loads in the background
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

/** The same promise, whose rejection may stay unhandled. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
