/** Search for the architectures of a space with the highest score, where a score takes microseconds. */
import { networkKey } from '#networks/space/network-key';
import { close, type Decisions, type Space } from '#networks/space/space';

export interface Scored {
  readonly decisions: Decisions;
  readonly score: number;
}

/**
 * Climbs from a start: changes one choice as long as that raises the score, then two at once, until neither does.
 * Returns the top.
 *
 * @param tell  receives every architecture that is scored; its decisions are reused for the next
 */
export function climb(
  { choices }: Space,
  scoreOf: (decisions: Decisions) => number,
  start: Decisions,
  tell: (decisions: Decisions, score: number) => void = () => {},
): Scored {
  let best = { decisions: [...start], score: scoreOf(start) };
  tell(start, best.score);
  const isBetter = (changed: number[]) => {
    const score = scoreOf(changed);
    tell(changed, score);
    if (score <= best.score + 1e-12) return false;
    best = { decisions: [...changed], score };
    return true;
  };
  /** Tries the other options of a choice; `then` may go on from each. */
  const tried = (i: number, from: number[], then: (changed: number[]) => boolean): boolean => {
    const before = from[i] as number;
    for (let option = 0; option < (choices[i]?.options.length as number); option++) {
      if (option === before) continue;
      from[i] = option;
      if (then(from)) return true;
    }
    from[i] = before;
    return false;
  };
  const one = () => choices.some((_, i) => tried(i, [...best.decisions], isBetter));
  const two = () =>
    choices.some((_, i) =>
      tried(i, [...best.decisions], (changed) => choices.slice(i + 1).some(({ id }) => tried(id, changed, isBetter))),
    );
  while (one() || two());
  return best;
}

/**
 * Returns up to `count` different networks, those with the highest scores among all that climbs from the starts have
 * scored, best first.
 */
export function bestNetworks(
  space: Space,
  scoreOf: (decisions: Decisions) => number,
  count: number,
  starts: readonly Decisions[],
): Scored[] {
  const pool = new Map<string, Scored>();
  let least = Number.NEGATIVE_INFINITY;
  const offer = (decisions: Decisions, score: number) => {
    if (score <= least) return;
    const key = networkKey(close(space, decisions));
    if (!pool.has(key)) pool.set(key, { decisions: [...decisions], score });
    if (pool.size <= 2 * count) return;
    const kept = ranked(pool).slice(0, count);
    least = kept.at(-1)?.[1].score as number;
    pool.clear();
    for (const [of, scored] of kept) pool.set(of, scored);
  };
  for (const start of starts) climb(space, scoreOf, start, offer);
  return ranked(pool)
    .slice(0, count)
    .map(([, scored]) => scored);
}

/** Returns the entries by descending score; of equal ones the first found comes first. */
function ranked(pool: ReadonlyMap<string, Scored>): [string, Scored][] {
  return [...pool].sort(([, a], [, b]) => b.score - a.score);
}
