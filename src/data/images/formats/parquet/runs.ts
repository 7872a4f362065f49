/** Checks Parquet's hybrid of runs and bit-packed groups before hyparquet expands it. */

/**
 * Throws an Error if the runs stand for more values than there are, so that a damaged count takes no memory, or for
 * fewer than `least`.
 *
 * @param bits  width of a value
 */
export function requireRuns(bytes: Uint8Array, bits: number, most: number, least: number): void {
  if (bits > 32) throw new Error(`values of ${bits} bits`);
  let [at, values] = [0, 0];
  while (values < most && at < bytes.length) {
    let head = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28) throw new Error('a run without its length');
      head += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const half = Math.floor(head / 2);
    const isPacked = head % 2 === 1;
    values += isPacked ? 8 * half : half;
    at += isPacked ? half * bits : Math.ceil(bits / 8);
    if (values > most + (isPacked ? 7 : 0)) throw new Error(`runs of ${values} values where ${most} are expected`);
  }
  if (values < least) throw new Error(`runs of ${values} values where ${least} are expected`);
}
