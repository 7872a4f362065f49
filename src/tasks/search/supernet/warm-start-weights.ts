/**
 * Weights that a SuperNet takes over from another one, whose result it opens anew: the fine stage's from the coarse
 * stage's. A layer that both have starts as the first entries along every axis, as the result used them; what only the
 * new one has, its further depthwise options, starts as it would without.
 */
import type { NamedTensor } from '#data/files/safetensors';
import { sliced } from '#networks/nn/named-tensors';
import { blockName } from '#networks/nn/network';
import type { WeightLayout } from '#networks/nn/weight-layout';
import { type Decisions, decide, type Space } from '#networks/space/space';
import { walkChoices } from '#networks/space/walk-choices';
import { optionName } from './super-forward.js';

/**
 * The tensors of `layout` that `tensors` have: both `weights/NAME`, those of `tensors` named and shaped as `space` has
 * them, those returned as the network that `decisions` make of it.
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

/** The names of the closed network's blocks, each with its name in the space: skipped slots move those after them up. */
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

/** Of a weight's name, that in the space: of a block's weight its block's there, the head's own elsewhere. */
function sourceOf(name: string, names: ReadonlyMap<string, string>): string {
  for (const [closed, source] of names) if (name.startsWith(`${closed}.`)) return source + name.slice(closed.length);
  return name;
}
