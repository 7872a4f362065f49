/** The decisions that make a given architecture of a space: `close`, backwards. */
import type { BlockSpec } from './block.js';
import {
  type Architecture,
  type Decisions,
  frameOf,
  isChoice,
  type NetworkFrame,
  type Open,
  type Opened,
  type Slot,
  type Space,
} from './space.js';

/**
 * Decisions under which `close` makes this architecture, but for its name; undefined where none do. A block that several
 * slots could hold goes into the first of them. Choices that do not matter have option 0.
 */
export function decisionsFor(space: Space, architecture: Architecture): Decisions | undefined {
  const { stages, head } = architecture;
  if (!same(nameless(space), nameless(architecture)) || space.stages.length !== stages.length) return undefined;
  let partial = matching(new Map(), space.head, head);
  for (const [s, { slots }] of space.stages.entries()) {
    partial = partial && filling(partial, slots, stages[s]?.blocks ?? []);
  }
  const options = partial;
  return options && space.choices.map(({ id }) => options.get(id) ?? 0);
}

function nameless(network: NetworkFrame): NetworkFrame {
  return { ...frameOf(network), name: '' };
}

/** The options decided so far, by the choice's id. */
type Partial = ReadonlyMap<number, number>;

/**
 * The first way to fill a stage's slots with all the blocks, in order, that agrees with what is decided.
 *
 * @param failed  how many slots and blocks were left where no way went on; the one choice that slots share, the stage's
 *                `out`, is the same on all ways
 */
function filling(
  partial: Partial,
  slots: readonly Slot[],
  blocks: readonly BlockSpec[],
  failed = new Set<string>(),
): Partial | undefined {
  const [slot, ...further] = slots;
  if (slot === undefined) return blocks.length === 0 ? partial : undefined;
  const left = `${slots.length} ${blocks.length}`;
  if (failed.has(left)) return undefined;
  const [block, ...others] = blocks;
  for (const used of block === undefined ? [] : holding(partial, slot, block)) {
    const filled = filling(used, further, others, failed);
    if (filled !== undefined) return filled;
  }
  const skipped = taking(partial, slot.use, false);
  const filled = skipped && filling(skipped, further, blocks, failed);
  if (filled === undefined) failed.add(left);
  return filled;
}

/** What is decided once the slot holds the block, for each of its alternatives that can. */
function holding(partial: Partial, { use, pick, among }: Slot, block: BlockSpec): Partial[] {
  const used = taking(partial, use, true);
  return among.flatMap((opened, i) => {
    const picked = used && taking(used, pick, i);
    const closed = picked && matching(picked, opened, block);
    return closed === undefined ? [] : [closed];
  });
}

/** What is decided once every field of one is that of the other. */
function matching(partial: Partial, opened: Opened | Space['head'], closed: object): Partial | undefined {
  const values = closed as Readonly<Record<string, unknown>>;
  const opens = opened as Readonly<Record<string, Open<unknown>>>;
  let matched: Partial | undefined = partial;
  for (const field of new Set([...Object.keys(opens), ...Object.keys(values)])) {
    matched = matched && taking(matched, opens[field], values[field]);
  }
  return matched;
}

/** What is decided once the open value is this one; undefined where it cannot be. */
function taking<T>(partial: Partial, open: Open<T>, value: T): Partial | undefined {
  if (!isChoice(open)) return same(open, value) ? partial : undefined;
  const option = open.options.findIndex((other) => same(other, value));
  const decided = partial.get(open.id) ?? option;
  return option >= 0 && decided === option ? new Map(partial).set(open.id, option) : undefined;
}

/** Plain values, some of them lists. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
