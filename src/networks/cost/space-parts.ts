/**
 * Splits a space into parts that can be costed separately. A block's layers depend on few choices: those among its
 * fields, and the one that determines its input channels.
 */

import type { Layer } from '#networks/cost/layers/layer';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { blockLayers, type CountedConventions, headLayers } from '#networks/cost/layers/layers-of';
import { choicesAmong, combinations } from '#networks/space/combinations';
import {
  type Choice,
  closeBlock,
  closeHead,
  type Decisions,
  decide,
  type Open,
  type Opened,
  type Space,
} from '#networks/space/space';
import { type HeadVisit, type SlotVisit, walkChoices } from '#networks/space/walk-choices';

/** A block, or the head. */
export interface SpacePart {
  /** The decisions under which the block is present: all must hold. */
  readonly guards: Choice['when'];
  /** The choices that its layers depend on. */
  readonly choices: readonly Choice[];
  /** Its layers under the decisions of those choices; it reads no other decisions. */
  readonly layers: (decisions: Decisions) => Layer[];
}

/** A place in the network: the parts of which at most one fills it, and the channels on either side. */
export interface SpacePlace {
  readonly input: Open<number>;
  readonly output: Open<number>;
  readonly use: Open<boolean>;
  readonly parts: readonly SpacePart[];
}

/** The places of a space in order; the last is the head. */
export function placesOf(space: Space): SpacePlace[] {
  const places: SpacePlace[] = [];
  walkChoices(space, {
    slot(visit) {
      const { slot, input } = visit;
      places.push({ input, output: (slot.among[0] as Opened).out, use: slot.use, parts: blockParts(space, visit) });
    },
    head(visit) {
      places.push({ input: visit.input, output: 0, use: true, parts: [headPart(space, visit)] });
    },
  });
  return places;
}

function blockParts(conventions: CountedConventions, { slot, input, map, fillings }: SlotVisit): SpacePart[] {
  return fillings.map(({ block, when, choices }) => ({
    guards: when,
    choices: choicesAmong([input, ...choices]),
    layers: (decisions) =>
      blockLayers(closeBlock(block, decisions), [...map, decide(input, decisions)], slot.path, conventions),
  }));
}

function headPart({ classes }: Space, { head, input, map, choices }: HeadVisit): SpacePart {
  return {
    guards: [],
    choices: choicesAmong([input, ...choices]),
    layers: (decisions) => headLayers(closeHead(head, decisions), classes, [...map, decide(input, decisions)]),
  };
}

/** The signatures of all layers that an architecture of the space may have, each once. */
export function signaturesOf(space: Space): string[] {
  const found = new Set<string>();
  for (const { choices, layers } of placesOf(space).flatMap(({ parts }) => parts)) {
    for (const decisions of combinations(choices))
      for (const layer of layers(decisions)) found.add(layerSignature(layer));
  }
  return [...found];
}
