/** Formats memory and disk sizes for messages. */

/** Bytes of a GiB. */
export const gib = 2 ** 30;

/** Formats bytes as `1.5 GiB`. */
export function inGib(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
