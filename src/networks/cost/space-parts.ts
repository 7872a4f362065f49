/**
 * A space cut into parts that can be looked at on their own. A block's layers depend on few choices: its own, and the one
 * that gives its input channels. Strides are fixed, so the height and width before every block are known.
 */

import type { Layer } from '#networks/cost/layers/layer';
import { layerSignature } from '#networks/cost/layers/layer-signature';
import { blockLayers, type CountedConventions, headLayers } from '#networks/cost/layers/layers-of';
import { choicesAmong, combinations, openValues } from '#networks/space/combinations';
import { type Sides, sidesOf, stridedMap } from '#networks/space/resolution';
import {
  type Choice,
  closeBlock,
  closeHead,
  type Decisions,
  decide,
  isChoice,
  type Open,
  type Opened,
  type Slot,
  type Space,
  useOption,
} from '#networks/space/space';

/** A block, or the head. */
export interface SpacePart {
  /** The decisions under which the block is there: all must hold. */
  readonly guards: readonly { readonly choice: number; readonly option: number }[];
  /** The choices that its layers depend on. */
  readonly choices: readonly Choice[];
  /** Its layers under the decisions of those choices; others are not read. */
  readonly layers: (decisions: Decisions) => Layer[];
}

/** A place in the network: the parts of which one fills it, and the channels on either side. */
export interface SpacePlace {
  readonly input: Open<number>;
  readonly output: Open<number>;
  readonly use: Open<boolean>;
  readonly parts: readonly SpacePart[];
}

/** The places of a space in order; the last is the head. */
export function placesOf(space: Space): SpacePlace[] {
  let input: Open<number> = space.input.channels;
  let map = sidesOf(space.input.resolution);
  const places: SpacePlace[] = [];
  for (const slot of space.stages.flatMap(({ slots }) => slots)) {
    const { stride, out } = slot.among[0] as Opened;
    places.push({ input, output: out, use: slot.use, parts: blockParts(space, slot, input, map) });
    map = stridedMap(map, stride);
    input = out;
  }
  return [...places, { input, output: 0, use: true, parts: [headPart(space, input, map)] }];
}

function blockParts(
  conventions: CountedConventions,
  { path, use, pick, among }: Slot,
  input: Open<number>,
  map: Sides,
): SpacePart[] {
  const used = isChoice(use) ? [{ choice: use.id, option: useOption }] : [];
  return among.map((block, option) => {
    const guards = isChoice(pick) ? [...used, { choice: pick.id, option }] : used;
    const layers = (decisions: Decisions) =>
      blockLayers(closeBlock(block, decisions), [...map, decide(input, decisions)], path, conventions);
    return { guards, choices: choicesAmong([input, ...openValues(block)]), layers };
  });
}

function headPart({ head, classes }: Space, input: Open<number>, map: Sides): SpacePart {
  const layers = (decisions: Decisions) =>
    headLayers(closeHead(head, decisions), classes, [...map, decide(input, decisions)]);
  return { guards: [], choices: choicesAmong([input, head.conv, head.hidden]), layers };
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
