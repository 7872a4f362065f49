import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, closeSlot, isActive, isChoice, type Space } from '#networks/space/space';
import { walkChoices } from '#networks/space/walk-choices';
import { decisionsOf, randomSpace } from './random-space.js';

/** The choices in the order of the walk, each once. */
function walked(space: Space): Choice[] {
  const met = new Set<unknown>();
  walkChoices(space, {
    sharedOut: (choice) => met.add(choice),
    slot({ slot: { use, pick }, fillings }) {
      for (const value of [use, pick, ...fillings.flatMap(({ choices }) => choices)])
        if (isChoice(value)) met.add(value);
    },
    head: ({ choices }) => {
      for (const choice of choices) met.add(choice);
    },
  });
  return [...met] as Choice[];
}

describe('a walk over the choices of a space', () => {
  it('meets each of them, in declaration order', () => {
    fc.assert(
      fc.property(randomSpace, (space) => {
        expect(walked(space).map(({ id }) => id)).toEqual(space.choices.map(({ id }) => id));
      }),
    );
  });

  it('says under which decisions a block fills its slot', () => {
    const decided = randomSpace.chain((space) => decisionsOf(space).map((decisions) => ({ space, decisions })));
    fc.assert(
      fc.property(decided, ({ space, decisions }) => {
        walkChoices(space, {
          slot({ slot, fillings }) {
            const filling = fillings.filter((one) => isActive(one, decisions));
            const block = closeSlot(slot, decisions);
            expect(filling).toHaveLength(block === undefined ? 0 : 1);
            expect(filling[0]?.block.kind).toBe(block?.kind);
          },
        });
      }),
    );
  });
});
