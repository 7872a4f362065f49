/**
 * A space cut into units that can be costed on their own. A block's cost depends on few choices: its own, and the one
 * that gives its input channels. Strides are fixed, so the height and width before every block are known.
 */
import { strided } from '../space/block.js';
import {
  type Choice,
  closeBlock,
  closeHead,
  type Decisions,
  decide,
  isChoice,
  type Open,
  type Opened,
  openFields,
  type Slot,
  type Space,
  useOption,
} from '../space/space.js';
import { type CostSpec, layerCost } from './cost.js';
import type { Layer } from './layer.js';
import { blockLayers, type CountedConventions, headLayers } from './layers-of.js';

/** The costs of one block, or of the head, for every combination of the choices that it depends on. */
export interface CostUnit {
  /** The decisions under which the block is there: all must hold. */
  readonly guards: readonly { readonly choice: number; readonly option: number }[];
  /** The choices it depends on; `stride` is the distance in `costs` between two of their options. */
  readonly scope: readonly { readonly choice: Choice; readonly stride: number }[];
  /** Combination by combination, one number per cost. */
  readonly costs: Float64Array;
}

/** A place in the network: the blocks of which one fills it, and the channels on either side. */
export interface CostSlot {
  readonly input: Open<number>;
  readonly output: Open<number>;
  readonly use: Open<boolean>;
  readonly units: readonly CostUnit[];
}

/** The places of a space in order; the last is the head. */
export function costSlots(space: Space, specs: readonly CostSpec[]): CostSlot[] {
  let input: Open<number> = space.input.channels;
  let side = space.input.resolution;
  const places: CostSlot[] = [];
  for (const slot of space.stages.flatMap(({ slots }) => slots)) {
    const { stride, out } = slot.among[0] as Opened;
    places.push({ input, output: out, use: slot.use, units: blockUnits(space, slot, input, side, specs) });
    side = strided(side, stride);
    input = out;
  }
  return [...places, { input, output: 0, use: true, units: [headUnit(space, input, side, specs)] }];
}

function blockUnits(
  conventions: CountedConventions,
  { use, pick, among }: Slot,
  input: Open<number>,
  side: number,
  specs: readonly CostSpec[],
): CostUnit[] {
  const used = isChoice(use) ? [{ choice: use.id, option: useOption }] : [];
  return among.map((block, option) => {
    const guards = isChoice(pick) ? [...used, { choice: pick.id, option }] : used;
    const fields = block as unknown as Record<string, Open<number>>;
    const values = openFields.flatMap((field) => fields[field] ?? []);
    const layers = (decisions: Decisions) =>
      blockLayers(closeBlock(block, decisions), [side, side, decide(input, decisions)], '', conventions);
    return costUnit(guards, [input, ...values], layers, specs);
  });
}

function headUnit({ head, classes }: Space, input: Open<number>, side: number, specs: readonly CostSpec[]): CostUnit {
  const layers = (decisions: Decisions) => {
    return headLayers(closeHead(head, decisions), classes, [side, side, decide(input, decisions)]);
  };
  return costUnit([], [input, head.conv, head.hidden], layers, specs);
}

function costUnit(
  guards: CostUnit['guards'],
  values: readonly Open<number>[],
  layers: (decisions: Decisions) => Layer[],
  specs: readonly CostSpec[],
): CostUnit {
  const choices = [...new Set(values.filter(isChoice))];
  let combinations = 1;
  const scope = choices.map((choice) => {
    const stride = combinations * specs.length;
    combinations *= choice.options.length;
    return { choice, stride };
  });
  const costs = new Float64Array(combinations * specs.length);
  const decisions: number[] = []; // sparse: only the scope's choices are read
  for (let at = 0; at < costs.length; at += specs.length) {
    for (const { choice, stride } of scope) decisions[choice.id] = optionAt(at, choice, stride);
    for (const layer of layers(decisions)) {
      for (const [c, spec] of specs.entries()) costs[at + c] = (costs[at + c] as number) + layerCost(spec, layer);
    }
  }
  return { guards, scope, costs };
}

/** The option of a choice in the combination that stands at a position of `costs`. */
export function optionAt(at: number, { options }: Choice, stride: number): number {
  return Math.floor(at / stride) % options.length;
}
