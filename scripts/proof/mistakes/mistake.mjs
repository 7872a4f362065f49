// @ts-check
/** The type of a mistake, and the command in which most are made. */

/**
 * @typedef {object} Mistake
 * @property {string} about
 * @property {string[]} [run]      arguments of mnv4-nas
 * @property {string[]} [command]  another command instead; the table shows `shown`
 * @property {string} [shown]
 * @property {Record<string, string>} [env]
 * @property {(world: import('./world.mjs').World) => void | Promise<void>} [prepare]  makes the mistake, unless it is on the command line
 * @property {string[]} [meanwhile]  arguments of a run that works at the same time
 * @property {number} code
 * @property {string} says         the expected standard error; `…` matches any text
 * @property {() => string | undefined} [cannot]  why the mistake cannot be made here, if so
 */

/** Arguments of a new coarse run, followed by more words. @param {string[]} words */
export const coarse = (...words) => ['coarse', 'search.yaml', '--run-id', 'new', ...words];
