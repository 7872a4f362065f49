/** The cheapest and the costliest architecture of a space. */
import { type Decisions, isChoice, type Open, type Space } from '#networks/space/space';
import { type CostSpec, joined } from './cost.js';
import { type CostSlot, type CostUnit, optionAt } from './cost-unit.js';

/** The best way to reach a place: its cost so far, and the decisions on the way. */
interface Reached {
  readonly cost: number;
  readonly decided: ReadonlyMap<number, number>;
}

/**
 * Returns the decisions that minimise (`sign` 1) or maximise (`sign` -1) one of the costs. Exact, by dynamic
 * programming: a block depends on those before it only through the choice of its input channels, so one best beginning
 * per option of that choice is enough. Choices that do not matter take their first option; a tie takes the first found.
 */
export function extreme(
  space: Space,
  slots: readonly CostSlot[],
  specs: readonly CostSpec[],
  cost: number,
  sign: 1 | -1,
): Decisions {
  let reached = new Map<number, Reached>([[0, { cost: 0, decided: new Map() }]]);
  for (const { input, output, use, units } of slots) {
    const next = new Map<number, Reached>();
    const offer = (from: number, to: number, added: number, decided: Iterable<[number, number]>) => {
      const before = reached.get(from) as Reached;
      const total = joined(specs[cost] as CostSpec, before.cost, added);
      const best = next.get(to);
      if (best === undefined || sign * total < sign * best.cost) {
        next.set(to, { cost: total, decided: new Map([...before.decided, ...decided]) });
      }
    };
    if (isChoice(use)) for (const option of reached.keys()) offer(option, option, 0, [[use.id, 0]]);
    for (const unit of units) {
      for (let at = 0; at < unit.costs.length; at += specs.length) {
        const decided = decisionsAt(unit, at);
        const option = (value: Open<number>) => (isChoice(value) ? (decided.get(value.id) as number) : 0);
        offer(option(input), option(output), unit.costs[at + cost] as number, decided);
      }
    }
    reached = next;
  }
  const [{ decided }] = [...reached.values()] as [Reached];
  return space.choices.map(({ id }) => decided.get(id) ?? 0);
}

function decisionsAt({ guards, scope }: CostUnit, at: number): Map<number, number> {
  const guarded = guards.map(({ choice, option }) => [choice, option] as const);
  return new Map([
    ...guarded,
    ...scope.map(({ choice, stride }) => [choice.id, optionAt(at, choice, stride)] as const),
  ]);
}
