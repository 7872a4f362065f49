/** The parts of a space with their costs. */
import { combinations } from '#networks/space/combinations';
import type { Choice, Space } from '#networks/space/space';
import { type CostSpec, joined, layerCost } from './cost.js';
import { placesOf, type SpacePart, type SpacePlace } from './space-parts.js';

/** The costs of one block, or of the head, for every combination of the choices that it depends on. */
export interface CostUnit {
  /** The decisions under which the block is present: all must hold. */
  readonly guards: SpacePart['guards'];
  /** The choices it depends on; `stride` is the distance in `costs` between two of their options. */
  readonly scope: readonly { readonly choice: Choice; readonly stride: number }[];
  /** One number per cost, combination by combination. */
  readonly costs: Float64Array;
}

/** A place in the network: the blocks of which at most one fills it, and the channels on either side. */
export interface CostSlot extends Omit<SpacePlace, 'parts'> {
  readonly units: readonly CostUnit[];
}

/** The places of a space in order; the last is the head. */
export function costSlots(space: Space, specs: readonly CostSpec[]): CostSlot[] {
  return placesOf(space).map(({ parts, ...place }) => ({
    ...place,
    units: parts.map((part) => costUnit(part, specs)),
  }));
}

function costUnit({ guards, choices, layers }: SpacePart, specs: readonly CostSpec[]): CostUnit {
  let size = specs.length;
  const scope = choices.map((choice) => {
    const stride = size;
    size *= choice.options.length;
    return { choice, stride };
  });
  const costs = new Float64Array(size);
  let at = 0;
  for (const decisions of combinations(choices)) {
    for (const layer of layers(decisions)) {
      for (const [c, spec] of specs.entries()) {
        costs[at + c] = joined(spec, costs[at + c] as number, layerCost(spec, layer));
      }
    }
    at += specs.length;
  }
  return { guards, scope, costs };
}

/** The option of a choice in the combination at a position of `costs`. */
export function optionAt(at: number, { options }: Choice, stride: number): number {
  return Math.floor(at / stride) % options.length;
}
