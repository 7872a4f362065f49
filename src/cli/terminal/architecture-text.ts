/** An architecture drawn stage by stage: kinds, layers, shapes, and the share of each block in the cost. */
import { percent } from '#core/percent';
import type { CostSpec } from '#networks/cost/cost';
import { readDevice } from '#networks/cost/device';
import { inputShape } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { findDevice, shippedNames } from '#networks/zoo/shipped';
import { type DrawnBlock, drawnNetwork } from '#tasks/report/run/drawn-network';
import { costTitle } from '#tasks/report/run/verdict';
import { aligned, type Row } from './table.js';

const barWidth = 12; // of the block that costs most

/**
 * Lists the blocks below the title of their stage, with their shares in one cost.
 *
 * @param costs  names of the costs of the run; the first that blocks have is shown, or MACs
 */
export function architectureLines(architecture: Architecture, costs: readonly string[]): string[] {
  const { name, spec } = shownCost(costs);
  const stages = drawnNetwork(architecture, spec);
  const blocks = stages.flatMap((stage) => stage.blocks.map(costOf));
  const [whole, most] = [blocks.reduce((sum, cost) => sum + cost, 0), Math.max(...blocks)];
  const rows = stages.flatMap(({ title, blocks }): Row[] => {
    const ofStage = blocks.map(costOf).reduce((sum, cost) => sum + cost, 0);
    const inStage = blocks.map((block) => blockRow(block, whole, most));
    return inStage.length === 1 ? inStage : [[title, '', '', '', percent(ofStage / whole, 1), ''], ...inStage];
  });
  const heads = ['block', 'kind', 'layers', 'output', 'share', `of ${costTitle(name)}`];
  const heading = `${architecture.name}  ${inputShape(architecture.input).join(' x ')}, ${architecture.classes} classes`;
  return [heading, ...aligned([heads, ...rows], new Set([3, 4]))];
}

function blockRow(block: DrawnBlock, whole: number, most: number): Row {
  const { place, kind, layers, output } = block;
  const bar = '█'.repeat(Math.round((barWidth * costOf(block)) / most));
  return [
    place === kind ? place : `  ${place}`,
    place === kind ? '' : kind,
    layers,
    output.join(' x '),
    percent(costOf(block) / whole, 1),
    bar,
  ];
}

function costOf({ cost }: DrawnBlock): number {
  return cost ?? 0;
}

function shownCost(names: readonly string[]): { readonly name: string; readonly spec: CostSpec } {
  for (const name of names) {
    const spec = specNamed(name);
    if (spec !== undefined) return { name, spec };
  }
  return { name: 'macs', spec: { cost: 'macs' } };
}

/** Returns the cost of a recorded name, such as `latencyMs@pixel-6-cpu`; undefined if blocks do not have it. */
function specNamed(name: string): CostSpec | undefined {
  if (name === 'macs' || name === 'params') return { cost: name };
  const [what, device = ''] = name.split('@');
  if (what !== 'latencyMs' || !shippedNames('configs/devices').includes(device)) return undefined;
  return { cost: 'latency', device: readDevice(findDevice(device)) };
}
