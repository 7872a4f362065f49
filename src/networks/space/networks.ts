/**
 * The different networks of a space. Several decisions may yield one network: if two optional blocks are alike, it does
 * not matter which of them is skipped, and options may overlap.
 */
import { combinations } from './combinations.js';
import { blockKey } from './network-key.js';
import { type Choice, closeBlock, type Decisions, isChoice, type Space } from './space.js';
import { spaceSize } from './space-size.js';
import { type SlotVisit, walkChoices } from './walk-choices.js';

export interface NetworkCount {
  readonly networks: bigint;
  /** If false, `networks` is an upper bound: comparing all ways to skip blocks would take too long. */
  readonly isExact: boolean;
}

/**
 * Counts the different networks of a space.
 *
 * @param mostCompared  blocks to compare at most; 100,000 take a second or two
 */
export function countNetworks(space: Space, mostCompared = 100_000): NetworkCount {
  const networks = new Walk(space, mostCompared).count();
  return networks === undefined ? { networks: spaceSize(space), isExact: false } : { networks, isExact: true };
}

/** Yields decisions for each different network of a space; choices that do not matter have option 0. */
export function differentNetworks(space: Space): Generator<Decisions> {
  return new Walk(space).networks();
}

/** Output channels of a block that a slot may hold, and the decisions that place it there. */
interface Filling {
  readonly out: number;
  readonly decided: readonly (readonly [choice: number, option: number])[];
}

/** One way to obtain a sequence of blocks: the decisions for the last block, and the way to those before it. */
interface Way extends Pick<Filling, 'decided'> {
  readonly before?: Way;
}

/** State after a sequence of blocks: its output channels and, for each slot that may be next, one way to get there. */
interface Reached {
  readonly channels: number;
  readonly ways: ReadonlyMap<number, Way>;
}

/**
 * Walks through a space block by block and follows all ways to the same blocks at once, like the simulation of a
 * nondeterministic finite automaton. A slot passes a shared `out` on as the next slot's input, so slots depend on each
 * other through channels only.
 */
class Walk {
  readonly #space: Space;
  readonly #slots: readonly SlotVisit[];
  readonly #headChoices: readonly Choice[];
  /** For each slot, the index of the first slot from there on that cannot be skipped; the slot count if all can. */
  readonly #needed: readonly number[];
  readonly #fillings = new Map<string, ReadonlyMap<string, Filling>>();
  readonly #start: Reached;
  #toCompare: number;

  constructor(space: Space, mostCompared = Number.POSITIVE_INFINITY) {
    const slots: SlotVisit[] = [];
    const headChoices: Choice[] = [];
    walkChoices(space, { slot: (visit) => slots.push(visit), head: ({ choices }) => headChoices.push(...choices) });
    this.#space = space;
    this.#toCompare = mostCompared;
    this.#slots = slots;
    this.#headChoices = headChoices;
    this.#needed = [...slots.keys(), slots.length].map((at) => {
      const needed = slots.findIndex(({ slot }, i) => i >= at && !isChoice(slot.use));
      return needed < 0 ? slots.length : needed;
    });
    this.#start = { channels: space.input.channels, ways: new Map([[0, { decided: [] }]]) };
  }

  /** The number of different networks; undefined if counting would take too long. */
  count(): bigint | undefined {
    const bodies = this.#count(this.#start, new Map());
    return this.#toCompare < 0 ? undefined : bodies * BigInt([...this.#heads()].length);
  }

  *networks(): Generator<Decisions> {
    for (const body of this.#bodies(this.#start)) {
      for (const head of this.#heads()) {
        const decisions = this.#space.choices.map(({ id }) => head[id] ?? 0);
        for (let way: Way | undefined = body; way !== undefined; way = way.before) {
          for (const [choice, option] of way.decided) decisions[choice] = option;
        }
        yield decisions;
      }
    }
  }

  #count(reached: Reached, counted: Map<string, bigint>): bigint {
    const key = `${reached.channels}: ${[...reached.ways.keys()]}`;
    const before = counted.get(key);
    if (before !== undefined || this.#toCompare < 0) return before ?? 0n;
    let count = this.#end(reached) === undefined ? 0n : 1n;
    for (const next of this.#after(reached)) count += this.#count(next, counted);
    counted.set(key, count);
    return count;
  }

  *#bodies(reached: Reached): Generator<Way> {
    const end = this.#end(reached);
    if (end !== undefined) yield end;
    for (const next of this.#after(reached)) yield* this.#bodies(next);
  }

  /** The first way that can skip all remaining slots; undefined if none can. */
  #end({ ways }: Reached): Way | undefined {
    for (const [at, way] of ways) if (this.#needed[at] === this.#slots.length) return way;
    return undefined;
  }

  /** Returns the states that each possible next block leads to. */
  #after({ channels, ways }: Reached): Reached[] {
    const next = new Map<string, { channels: number; ways: Map<number, Way> }>();
    for (const [from, before] of ways) {
      for (let at = from; at <= (this.#needed[from] as number) && at < this.#slots.length; at++) {
        for (const [key, { out, decided }] of this.#fillingsOf(at, channels)) {
          const reached = next.get(key) ?? { channels: out, ways: new Map<number, Way>() };
          if (!reached.ways.has(at + 1)) reached.ways.set(at + 1, { before, decided });
          next.set(key, reached);
          this.#toCompare--;
        }
      }
    }
    return [...next.values()].map(({ channels, ways }) => ({ channels, ways: this.#earliest(ways) }));
  }

  /** The ways in the order of their slots, without those to a slot that an earlier one reaches by skipping. */
  #earliest(ways: ReadonlyMap<number, Way>): Map<number, Way> {
    let covered = -1;
    const kept = new Map<number, Way>();
    for (const [at, way] of [...ways].sort(([a], [b]) => a - b)) {
      if (at > covered) kept.set(at, way);
      covered = Math.max(covered, this.#needed[at] as number);
    }
    return kept;
  }

  /** The different blocks that a slot may hold, given its input channels, by block key. */
  #fillingsOf(at: number, channels: number): ReadonlyMap<string, Filling> {
    const place = `${at}: ${channels}`;
    const known = this.#fillings.get(place);
    if (known !== undefined) return known;
    const fillings = new Map<string, Filling>();
    for (const [key, filling] of this.#allFillings(at, channels)) if (!fillings.has(key)) fillings.set(key, filling);
    this.#fillings.set(place, fillings);
    return fillings;
  }

  *#allFillings(at: number, channels: number): Generator<[key: string, filling: Filling]> {
    const { input, fillings } = this.#slots[at] as SlotVisit;
    for (const { block, when, choices } of fillings) {
      const filled = when.map(({ choice, option }) => [choice, option] as const);
      const free = choices.filter((choice) => choice !== input);
      for (const decisions of combinations(free)) {
        if (isChoice(input)) decisions[input.id] = input.options.indexOf(channels);
        const closed = closeBlock(block, decisions);
        const decided = [...filled, ...free.map(({ id }) => [id, decisions[id] as number] as const)];
        yield [blockKey(closed, channels, this.#space), { out: closed.out, decided }];
      }
    }
  }

  #heads(): Iterable<Decisions> {
    return combinations(this.#headChoices);
  }
}
