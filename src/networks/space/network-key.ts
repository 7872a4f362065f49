/** Identity of networks: two are the same if they have the same layers in the same order, whatever their stages. */
import { type BlockSpec, expandedChannels } from './block.js';
import { type Architecture, isChoice, type LayerConventions, type Opened } from './space.js';

/** Key that two networks of one frame share if and only if they are the same. */
export function networkKey(network: Architecture): string {
  let { channels } = network.input;
  const keys: string[] = [];
  for (const block of network.stages.flatMap((stage) => stage.blocks)) {
    keys.push(blockKey(block, channels, network));
    channels = block.out;
  }
  return JSON.stringify([keys, network.head]);
}

export function blockKey(block: BlockSpec, channels: number, { activation }: LayerConventions): string {
  if (!('expand' in block)) return JSON.stringify(block);
  return JSON.stringify({ activation, ...block, expand: expandedWidth(block, channels) });
}

/** The width that an expansion rounds to; 0 for an inverted residual with expansion 1, which leaves the layer out. */
function expandedWidth(block: { readonly kind: BlockSpec['kind']; readonly expand: number }, channels: number): number {
  const isAbsent = block.kind === 'invertedResidual' && block.expand === 1;
  return isAbsent ? 0 : expandedChannels(channels, block.expand);
}

/**
 * Finds two expansions of a block that are the same option, since they round to the same width for each of the input
 * channel counts. Returns a message that names them; undefined if all differ.
 */
export function sameExpansions(block: Opened, inputs: readonly number[]): string | undefined {
  if (!('expand' in block) || !isChoice(block.expand)) return undefined;
  const { kind, expand } = block;
  const widths = expand.options.map((e) => inputs.map((input) => expandedWidth({ kind, expand: e }, input)).join(', '));
  const again = widths.findIndex((width, i) => widths.indexOf(width) < i);
  if (again < 0) return undefined;
  const pair = [widths.indexOf(widths[again] as string), again].map((i) => expand.options[i]).join(' and ');
  return `expected options that differ; got ${pair}, which both round to ${widths[again]} channels`;
}
