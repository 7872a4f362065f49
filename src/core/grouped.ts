/** Formats a number with its digits in groups of three: `27,000`. */
export function grouped(n: number): string {
  return n.toLocaleString('en-US');
}
