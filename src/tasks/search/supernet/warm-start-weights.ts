/**
 * Weights that a SuperNet inherits from another one, whose result it refines: the fine stage's from the coarse stage's.
 * A layer that both have starts from the first entries along every axis, as the result used them; layers that only the
 * new SuperNet has, its additional depthwise options, start as they would without a warm start.
 */
import type { NamedTensor } from '#data/files/safetensors';
import { sliced } from '#networks/nn/named-tensors';
import { blockName } from '#networks/nn/network';
import type { WeightLayout } from '#networks/nn/weight-layout';
import { type Decisions, decide, type Space } from '#networks/space/space';
import { walkChoices } from '#networks/space/walk-choices';
import { optionName } from './super-forward.js';

/**
 * Returns the tensors of `layout` that exist in `tensors`. Both are named `weights/NAME`: those in `tensors` have the
 * names and shapes of `space`, those returned the names and shapes of `layout`, whose base is the network that
 * `decisions` make of `space`.
 */
export function warmStartWeights(
  layout: WeightLayout,
  space: Space,
  decisions: Decisions,
  tensors: ReadonlyMap<string, NamedTensor>,
): Map<string, NamedTensor> {
  const names = sourceNames(space, decisions);
  const found = new Map<string, NamedTensor>();
  for (const { name, shape } of layout.specs.values()) {
    const tensor = tensors.get(`weights/${sourceOf(name, names)}`);
    if (tensor !== undefined) found.set(`weights/${name}`, sliced(tensor, shape));
  }
  return found;
}

/** Maps the closed network's block names to those in the space; a skipped slot moves the blocks after it up. */
function sourceNames(space: Space, decisions: Decisions): Map<string, string> {
  const names = new Map<string, string>();
  const kept: number[] = []; // slots so far that are filled, by stage
  walkChoices(space, {
    slot({ slot: { use, pick }, stage, index }) {
      if (!decide(use, decisions)) return;
      const closed = kept[stage] ?? 0;
      names.set(blockName(stage, closed), optionName(blockName(stage, index), pick, decide(pick, decisions)));
      kept[stage] = closed + 1;
    },
  });
  return names;
}

/** Returns the name in the space of a closed network's weight: its block's name changes, other names stay the same. */
function sourceOf(name: string, names: ReadonlyMap<string, string>): string {
  for (const [closed, source] of names) if (name.startsWith(`${closed}.`)) return source + name.slice(closed.length);
  return name;
}
