// @ts-check
/**
 * The instants at which `npm run proof:resume` kills: random times, and calls that write, cycling through the places.
 */

/**
 * @typedef {{ place: string, stage?: string, afterMs?: number, call?: string }} Instant
 * `call`: the kind of call, and its number
 * @typedef {import('#core/random').Random} Random
 */

/** Places that a run writes to, each with the pattern of its files. */
const places = {
  'in a log': /^ID-(\w+)\/(?:events|policy)\.jsonl/,
  'in a checkpoint': /^ID-(\w+)\/checkpoints/,
  'at the end': /^ID-(\w+)\/(?:architecture|result)/,
  'in other files': /^ID-(\w+)\//,
};

/** The place of each call in turn; every second call is a write. @type {(keyof typeof places)[]} */
const turns = ['in a log', 'in a checkpoint', 'at the end', 'in a checkpoint', 'in other files'];
const stages = ['coarse', 'fine'];

/**
 * Draws `count` instants of a run that took `milliseconds` and made `calls` of each kind.
 *
 * @param {number} count @param {number} milliseconds @param {Record<string, number>} calls @param {Random} random
 * @returns {Instant[]}
 */
export function instantsOf(count, milliseconds, calls, random) {
  const kinds = Object.keys(calls).map((kind) => ({ kind, ...placeOf(kind) }));
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) return { place: 'by the clock', afterMs: Math.round(random.uniform() * milliseconds) };
    const turn = (i - 1) / 2;
    const [place, stage] = [turns[turn % turns.length], stages[Math.floor((turn + 1) / 2) % stages.length]];
    const fitting = kinds.filter((other) => other.place === place && other.stage === stage);
    const writes = fitting.filter(({ kind }) => kind.startsWith('writeSync '));
    const { kind } = drawn(turn % 2 === 0 ? writes : fitting, random);
    return { place: `${place}`, stage: `${stage}`, call: `${kind} ${1 + random.below(Number(calls[kind]))}` };
  });
}

/** A random item. @template T @param {readonly T[]} items @param {Random} random @returns {T} */
function drawn(items, random) {
  return /** @type {T} */ (items[random.below(items.length)]);
}

/** The place and stage of a kind of call, `writeSync ID-fine/events.jsonl`. @param {string} kind */
function placeOf(kind) {
  const file = kind.slice(kind.indexOf(' ') + 1);
  for (const [place, pattern] of Object.entries(places)) {
    const stage = pattern.exec(file)?.[1];
    if (stage !== undefined) return { place, stage };
  }
  return { place: 'elsewhere', stage: '' };
}
