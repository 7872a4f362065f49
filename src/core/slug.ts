/** Turns names that users chose into parts of file names. */

const longest = 60; // leaves room in a run id of 100 characters for a stage and a time

/**
 * The name with each run of characters other than letters, digits, dot, underscore and hyphen as one hyphen, at most 60
 * characters long; `unnamed` if nothing is left.
 */
export function slug(name: string): string {
  const plain = name
    .normalize('NFKD') // é becomes e and an accent
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, longest)
    .replace(/[^A-Za-z0-9]+$/, '');
  return plain === '' ? 'unnamed' : plain;
}
