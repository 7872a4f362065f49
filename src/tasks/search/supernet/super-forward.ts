/**
 * Forward pass of a sampled architecture through shared weights. All architectures share one set of weights, at the
 * largest widths; a choice of c channels uses the first c of each kernel and of each BN parameter, sliced rather than
 * masked: the mathematics is the same, the work smaller. The depthwise options of a block share its 1x1 layers, but
 * each has its own kernel and BN. Follows TuNAS (Bender et al. 2020) except for the slicing.
 */

import { block } from '#networks/nn/blocks/block';
import { head } from '#networks/nn/blocks/head';
import type { MixedBlock } from '#networks/nn/mixed-block';
import { blockName, type Forward, weightLayout } from '#networks/nn/network';
import type { Pass } from '#networks/nn/pass';
import { layoutOf, type WeightLayout, type WeightSpec } from '#networks/nn/weight-layout';
import {
  closeHead,
  type Decisions,
  decide,
  isChoice,
  isFilterChoice,
  type Open,
  type Opened,
  type Slot,
  type Space,
} from '#networks/space/space';
import { walkChoices } from '#networks/space/walk-choices';
import { mean } from '#networks/tensor/ops/combine';
import type { Features } from '#networks/tensor/tape';

/** One option of each choice or, for an op choice that is all on, the mean of the outputs of all its options. */
export interface Selection {
  readonly decisions: Decisions;
  /** By choice; absent if no choice is all on. */
  readonly allOn?: readonly boolean[];
}

/** Returns the forward pass of a selection: images [B, H, W, C] to logits [B, K]. */
export function superForward(space: Space, selection: Selection): Forward {
  const { decisions } = selection;
  const slots: FilledSlot[] = [];
  walkChoices(space, {
    slot: ({ slot, stage, index }) => slots.push(filledSlot(slot, blockName(stage, index), selection)),
  });
  const headSpec = closeHead(space.head, decisions);
  return (pass, images) => {
    const features = pass.tape.sequence(
      slots.map((slot) => (x: Features) => fill(pass, slot, x)),
      images,
    );
    return head(pass, headSpec, space.classes, features);
  };
}

/**
 * Returns the selection that needs the most memory: the largest widths and, where `allOn`, all options of op choices.
 */
export function largestSelection(space: Space, allOn: boolean): Selection {
  const decisions = space.choices.map((choice) => {
    const { options } = choice;
    return isFilterChoice(choice) ? options.indexOf(Math.max(...(options as number[]))) : options.length - 1;
  });
  return { decisions, ...(allOn && { allOn: space.choices.map((choice) => !isFilterChoice(choice)) }) };
}

/**
 * Returns the layout of a space's shared weights: everything on, every width at its largest. Where the head may lack a
 * layer, the input width of the next one varies; its weights are sized for the largest.
 */
export function superLayout(space: Space): WeightLayout {
  const { decisions: largest, allOn } = largestSelection(space, true);
  const specs = new Map<string, WeightSpec>();
  for (const decisions of headVariants(space, largest)) {
    for (const spec of weightLayout(
      space,
      superForward(space, { decisions, ...(allOn && { allOn }) }),
    ).specs.values()) {
      const before = specs.get(spec.name)?.shape ?? spec.shape;
      const shape = spec.shape.map((extent, axis) => Math.max(extent, before[axis] as number));
      specs.set(spec.name, { ...spec, shape });
    }
  }
  return layoutOf(specs.values());
}

/** Returns the decisions and their variants that leave out optional layers of the head. */
function headVariants({ head: { conv, hidden } }: Space, decisions: Decisions): Decisions[] {
  return [conv, hidden].reduce<Decisions[]>(
    (variants, width) => {
      const absent = isChoice(width) ? width.options.indexOf(0) : -1;
      return isChoice(width) && absent >= 0 ? variants.flatMap((one) => [one, one.with(width.id, absent)]) : variants;
    },
    [decisions],
  );
}

/** The active content of a slot: the block or the mean of several blocks, the identity, or the mean of both. */
interface FilledSlot {
  readonly uses: readonly boolean[];
  readonly blocks: readonly { readonly name: string; readonly spec: MixedBlock }[];
}

function filledSlot({ use, pick, among }: Slot, name: string, selection: Selection): FilledSlot {
  const blocks = optionsOn(pick, selection).map((index) => ({
    name: optionName(name, pick, index),
    spec: mixedBlock(among[index] as Opened, selection),
  }));
  return { uses: optionsOn(use, selection), blocks };
}

/** Returns the name of a block's weights; each option of a slot with several blocks has its own weights. */
export function optionName(name: string, pick: Open<number>, option: number): string {
  return isChoice(pick) ? `${name}.option${option}` : name;
}

function fill(pass: Pass, { uses, blocks }: FilledSlot, x: Features): Features {
  const filled = () =>
    mean(
      pass.tape,
      blocks.map(({ name, spec }) => block(pass, name, spec, x)),
    );
  return mean(
    pass.tape,
    uses.map((used) => (used ? filled() : x)),
  );
}

function mixedBlock(opened: Opened, selection: Selection): MixedBlock {
  const fields = Object.entries(opened).map(([key, value]) => {
    const on = optionsOn(value as Open<unknown>, selection);
    return [key, on.length === 1 ? on[0] : on];
  });
  return Object.fromEntries(fields) as MixedBlock;
}

/** Returns the active values of an open field: the decided one, or all of them. */
function optionsOn<T>(value: Open<T>, { decisions, allOn }: Selection): readonly T[] {
  if (isChoice(value) && allOn?.[value.id]) return value.options;
  return [decide(value, decisions)];
}
