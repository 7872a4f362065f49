// @ts-check
/** What a mistake is, and the command in which most are made. */

/**
 * @typedef {object} Mistake
 * @property {string} about
 * @property {string[]} [run]      arguments of mnv4-nas
 * @property {string[]} [command]  another command instead; `shown` is how the table has it
 * @property {string} [shown]
 * @property {Record<string, string>} [env]
 * @property {(world: import('./world.mjs').World) => void | Promise<void>} [prepare]  makes it, where it is not on the command line
 * @property {string[]} [meanwhile]  arguments of a run that goes on at the same time
 * @property {number} code
 * @property {string} says         what standard error must say; `…` stands for anything
 * @property {() => string | undefined} [cannot]  why it cannot be made here
 */

/** A new coarse run with more words. @param {string[]} words */
export const coarse = (...words) => ['coarse', 'search.yaml', '--run-id', 'new', ...words];
