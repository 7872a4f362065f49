/** An architecture stage by stage, as the report draws it: blocks with their layers, shapes and costs. */
import type { CostSpec } from '#networks/cost/cost';
import { addsUp, layerCost } from '#networks/cost/cost';
import type { Layer } from '#networks/cost/layers/layer';
import { layersOf } from '#networks/cost/layers/layers-of';
import { type BlockSpec, uibVariant } from '#networks/space/block';
import { blockDrawing } from '#networks/space/block-drawing';
import { inputShape } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';

export type BlockKind = Exclude<BlockSpec['kind'], 'uib'> | ReturnType<typeof uibVariant> | 'head';

export interface DrawnBlock {
  /** `1.0` for the first block of stage 1, `head`. */
  readonly place: string;
  readonly kind: BlockKind;
  /** The chain of its layers. */
  readonly layers: string;
  /** Height, width, channels. */
  readonly output: readonly number[];
  readonly macs: number;
  readonly params: number;
  /** In the unit of the cost; null if the cost cannot be computed. */
  readonly cost: number | null;
}

export interface DrawnStage {
  readonly title: string;
  readonly blocks: readonly DrawnBlock[];
}

/**
 * Returns the stages of a network, the head last. The costs of the blocks add up to that of the network, except for
 * peak memory, of which a block has none.
 *
 * @param cost  undefined if it is unknown
 */
export function drawnNetwork(network: Architecture, cost: CostSpec | undefined): DrawnStage[] {
  const layers = layersOf(network);
  const sums = (name: string) =>
    sumsOf(
      layers.filter((layer) => isOf(layer, name)),
      cost,
    );
  let shape: readonly number[] = inputShape(network.input);
  const stages = network.stages.map(({ blocks }, s) => ({
    title: `stage ${s}`,
    blocks: blocks.map((block, b): DrawnBlock => {
      const drawing = blockDrawing(block, shape[2] as number);
      const sum = sums(`stages[${s}].blocks[${b}]`);
      shape = sum.output;
      return { place: `${s}.${b}`, kind: kindOf(block), layers: drawing, ...sum };
    }),
  }));
  const head: DrawnBlock = { place: 'head', kind: 'head', layers: headDrawing(network), ...sums('head') };
  return [...stages, { title: 'head', blocks: [head] }];
}

function isOf({ name }: Layer, part: string): boolean {
  return name === part || name.startsWith(`${part}.`);
}

function sumsOf(layers: readonly Layer[], cost: CostSpec | undefined) {
  const sum = (value: (layer: Layer) => number) => layers.reduce((total, layer) => total + value(layer), 0);
  return {
    output: layers.at(-1)?.output ?? [],
    macs: sum(({ macs }) => macs),
    params: sum(({ params }) => params),
    cost: cost === undefined || !addsUp(cost) ? null : sum((layer) => layerCost(cost, layer)),
  };
}

function kindOf(block: BlockSpec): BlockKind {
  return block.kind === 'uib' ? uibVariant(block) : block.kind;
}

function headDrawing({ head: { conv, hidden }, classes }: Architecture): string {
  const widths = [
    conv === 0 ? [] : [`1x1 ${conv}`],
    ['pool'],
    hidden === 0 ? [] : [`1x1 ${hidden}`],
    [`fc ${classes}`],
  ];
  return widths.flat().join(' ─ ');
}
