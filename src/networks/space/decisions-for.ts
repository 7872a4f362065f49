/** Decisions that yield a given architecture of a space: the inverse of `close`. */
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
 * Returns decisions under which `close` yields this architecture, except for its name; undefined if none do. A block
 * that fits several slots goes into the first of them. Choices that do not matter have option 0.
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

/** Options decided so far, by choice id. */
type Partial = ReadonlyMap<number, number>;

/**
 * Returns the first way to fill a stage's slots with all the blocks, in order, that agrees with the options decided so
 * far; undefined if none does.
 *
 * @param failed  numbers of remaining slots and blocks that are known to fail; they hold for all ways, since these
 *                agree on the only choice that slots share, the stage's `out`
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

/** The options decided once the slot holds the block, for each of its alternatives that can. */
function holding(partial: Partial, { use, pick, among }: Slot, block: BlockSpec): Partial[] {
  const used = taking(partial, use, true);
  return among.flatMap((opened, i) => {
    const picked = used && taking(used, pick, i);
    const closed = picked && matching(picked, opened, block);
    return closed === undefined ? [] : [closed];
  });
}

/** The options decided once every field of `opened` equals that of `closed`; undefined if some field cannot. */
function matching(partial: Partial, opened: Opened | Space['head'], closed: object): Partial | undefined {
  const values = closed as Readonly<Record<string, unknown>>;
  const opens = opened as Readonly<Record<string, Open<unknown>>>;
  let matched: Partial | undefined = partial;
  for (const field of new Set([...Object.keys(opens), ...Object.keys(values)])) {
    matched = matched && taking(matched, opens[field], values[field]);
  }
  return matched;
}

/** The options decided once the open value equals `value`; undefined if it cannot. */
function taking<T>(partial: Partial, open: Open<T>, value: T): Partial | undefined {
  if (!isChoice(open)) return same(open, value) ? partial : undefined;
  const option = open.options.findIndex((other) => same(other, value));
  const decided = partial.get(open.id) ?? option;
  return option >= 0 && decided === option ? new Map(partial).set(open.id, option) : undefined;
}

/** Compares plain values, some of them lists. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
