/**
 * The order in which training sees a split's rows: a pure function of (stream, epoch, position). A split that fits
 * into one window is permuted as a whole; a larger one is cut into windows of whole shards, the shards shuffled in each
 * epoch and each window permuted separately, so that only one window needs to be in memory.
 */
import { permutation, randomStream } from '#core/random';

export interface RowPlace {
  readonly shard: number;
  readonly row: number;
}

interface ShardSize {
  readonly rows: number;
  readonly bytes: number;
}

/** Consecutive shards of an epoch's order and the positions that they fill. */
interface Window {
  readonly from: number;
  readonly rows: number;
  readonly shards: readonly number[];
}

/** The row at each position 0, 1, 2, ... of an endless sequence of epochs. */
export function rowOrder(
  shards: readonly ShardSize[],
  windowBytes: number,
  stream: string,
): (position: number) => RowPlace {
  const epochRows = shards.reduce((sum, { rows }) => sum + rows, 0);
  const whole = shards.reduce((sum, { bytes }) => sum + bytes, 0) <= windowBytes;
  const windowsOf = lastMade((epoch) => {
    const name = `${stream}/${epoch}/shards`;
    const deal = whole ? shards.keys() : permutation(shards.length, randomStream(name));
    return cutIntoWindows(shards, [...deal], windowBytes);
  });
  const shuffleOf = lastMade((epoch, window) => {
    const { rows } = windowsOf(epoch, 0)[window] as Window;
    return permutation(rows, randomStream(`${stream}/${epoch}/${window}`));
  });
  return (position) => {
    const epoch = Math.floor(position / epochRows);
    const within = position % epochRows;
    const windows = windowsOf(epoch, 0);
    const index = lastAtMost(windows, within);
    const window = windows[index] as Window;
    return placeIn(window, shards, shuffleOf(epoch, index)[within - window.from] as number);
  };
}

/** The row at each position of a split in file order. */
export function fileOrder(shards: readonly ShardSize[]): (position: number) => RowPlace {
  const [whole] = cutIntoWindows(shards, [...shards.keys()], Infinity);
  return (position) => placeIn(whole as Window, shards, position);
}

function cutIntoWindows(shards: readonly ShardSize[], deal: readonly number[], windowBytes: number): Window[] {
  const windows: Window[] = [];
  let open: { from: number; rows: number; bytes: number; shards: number[] } | undefined;
  let from = 0;
  for (const shard of deal) {
    const { rows, bytes } = shards[shard] as ShardSize;
    if (open === undefined || open.bytes + bytes > windowBytes) {
      open = { from, rows: 0, bytes: 0, shards: [] };
      windows.push(open);
    }
    open.shards.push(shard);
    open.rows += rows;
    open.bytes += bytes;
    from += rows;
  }
  return windows;
}

/** Index of the window that holds this position of the epoch. */
function lastAtMost(windows: readonly Window[], position: number): number {
  let [low, high] = [0, windows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((windows[middle] as Window).from <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

function placeIn(window: Window, shards: readonly ShardSize[], index: number): RowPlace {
  let row = index;
  for (const shard of window.shards) {
    const { rows } = shards[shard] as ShardSize;
    if (row < rows) return { shard, row };
    row -= rows;
  }
  throw new RangeError(`row ${index} of a window of ${window.rows}`);
}

/** Caches the last two results, since a batch may cross the end of a window or an epoch. */
function lastMade<T>(make: (a: number, b: number) => T): (a: number, b: number) => T {
  let made: { a: number; b: number; result: T }[] = [];
  return (a, b) => {
    const known = made.find((one) => one.a === a && one.b === b);
    if (known !== undefined) return known.result;
    const result = make(a, b);
    made = [{ a, b, result }, ...made.slice(0, 1)];
    return result;
  };
}
