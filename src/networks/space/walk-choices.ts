/**
 * One walk over a space in the declaration order of its choices. Strides are fixed, so the height and width before
 * every slot are known, and so is the choice that determines its input channels.
 */
import { choicesAmong, openValues } from './combinations.js';
import { type Sides, sidesOf, stridedMap } from './resolution.js';
import {
  type Choice,
  type Head,
  isChoice,
  type Open,
  type Opened,
  type Slot,
  type Space,
  whenFilled,
} from './space.js';

/** A block that may fill a slot. */
export interface Filling {
  readonly block: Opened;
  /** The decisions under which it fills the slot: all must hold. */
  readonly when: Choice['when'];
  /** The choices among its fields, in declaration order; the `out` that its stage shares comes last. */
  readonly choices: readonly Choice[];
}

/** A slot with its position, its input and the blocks that may fill it. */
export interface SlotVisit {
  readonly slot: Slot;
  readonly stage: number;
  /** Position in the stage. */
  readonly index: number;
  /** Channels before the slot. */
  readonly input: Open<number>;
  /** Height and width before the slot. */
  readonly map: Sides;
  readonly fillings: readonly Filling[];
}

/** The head with its choices; `input` and `map` are the channels and the height and width after the last slot. */
export interface HeadVisit extends Pick<SlotVisit, 'input' | 'map'> {
  readonly head: Head<Open<number>>;
  readonly choices: readonly Choice[];
}

/** Callbacks, called in declaration order; each may be left out. */
export interface Visitor {
  readonly sharedOut?: (choice: Choice<number>) => void;
  readonly slot?: (visit: SlotVisit) => void;
  readonly head?: (visit: HeadVisit) => void;
}

/** Visits each stage's shared `out`, then its slots, and last the head. */
export function walkChoices(space: Space, visit: Visitor): void {
  let input: Open<number> = space.input.channels;
  let map = sidesOf(space.input.resolution);
  for (const [stage, { slots }] of space.stages.entries()) {
    const shared = sharedOut(slots, stage);
    if (shared !== undefined) visit.sharedOut?.(shared);
    for (const [index, slot] of slots.entries()) {
      visit.slot?.({ slot, stage, index, input, map, fillings: fillingsOf(slot) });
      const { stride, out } = slot.among[0] as Opened;
      map = stridedMap(map, stride);
      input = out;
    }
  }
  const { head } = space;
  visit.head?.({ head, input, map, choices: choicesAmong([head.conv, head.hidden]) });
}

/** The `out` that a stage leaves open for all its slots; undefined if it is fixed or stated by each block. */
export function sharedOut(slots: readonly Slot[], stage: number): Choice<number> | undefined {
  const out = slots[0]?.among[0]?.out ?? 0;
  return isChoice(out) && out.path === `stages[${stage}].out` ? out : undefined;
}

function fillingsOf({ use, pick, among }: Slot): Filling[] {
  return among.map((block, option) => ({
    block,
    when: whenFilled(use, pick, option),
    choices: choicesAmong(openValues(block)),
  }));
}
