/** Draws architectures stage by stage: a tile for each block, coloured by its kind, with a bar for its cost. */
import { grouped } from '#core/grouped';
import { escaped } from '#core/html';
import { percent } from '#core/percent';
import { inputShape } from '#networks/space/resolution';
import { drawnCost, drawnStages } from './architecture-figure.js';
import type { BlockKind, DrawnBlock, DrawnStage } from './drawn-network.js';
import { tableHtml } from './report-table.js';
import type { ReportedRun } from './reported-run.js';

const explained: Record<BlockKind, string> = {
  conv: 'convolution',
  fusedIb: 'fused inverted bottleneck',
  IB: 'inverted bottleneck',
  ExtraDW: 'depthwise before and between',
  ConvNext: 'depthwise before',
  FFN: 'no depthwise',
  mqa: 'multi-query attention',
  mha: 'multi-head attention',
  dwSep: 'depthwise separable',
  invertedResidual: 'inverted residual',
  head: 'classifier',
};

export function architectureHtml(runs: readonly ReportedRun[]): string {
  return `${legend(runs)}\n<div class="networks">${runs.map(networkHtml).join('\n')}</div>\n${tableHtml('architecture', 'Architecture')}`;
}

function legend(runs: readonly ReportedRun[]): string {
  const kinds = new Set(runs.flatMap(drawnStages).flatMap(({ blocks }) => blocks.map(({ kind }) => kind)));
  const items = [...kinds].map((kind) => `<li class="kind kind-${kind}">${kind}: ${explained[kind]}</li>`);
  return `<ul class="legend" aria-label="Kinds of blocks">${items.join('')}</ul>`;
}

function networkHtml(run: ReportedRun): string {
  const { id, found } = run;
  if (found === null) return `<article><h3>${escaped(id)}</h3><p>No architecture yet.</p></article>`;
  const origin =
    found.origin === 'result'
      ? 'the result'
      : `the policy's most likely architecture after step ${grouped(found.step)}`;
  const { title } = drawnCost(run);
  const stages = drawnStages(run);
  const blocks = stages.flatMap((stage) => stage.blocks);
  const total = blocks.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
  const most = Math.max(...blocks.map(({ cost }) => cost ?? 0));
  const input = inputShape(found.architecture.input).join(' x ');
  const sums = [blocks.reduce((sum, { params }) => sum + params, 0), blocks.reduce((sum, { macs }) => sum + macs, 0)];
  return `<article><h3>${escaped(id)}: ${origin}</h3>
<p>Input ${input}; ${grouped(sums[0] as number)} parameters, ${grouped(sums[1] as number)} MACs. Bars: ${escaped(title)}, ${figure(total)} in all.</p>
<ol class="stages">${stages.map((stage) => stageHtml(stage, total, most)).join('\n')}</ol></article>`;
}

function stageHtml({ title, blocks }: DrawnStage, total: number, most: number): string {
  const cost = blocks.reduce((sum, block) => sum + (block.cost ?? 0), 0);
  const output = blocks.at(-1)?.output.join(' x ') ?? 'no blocks';
  return `<li><h4>${title} <span>${output}; ${figure(cost)}, ${percent(total === 0 ? 0 : cost / total, 0)}</span></h4><ol>${blocks.map((block) => blockHtml(block, most)).join('')}</ol></li>`;
}

function blockHtml({ place, kind, layers, output, cost }: DrawnBlock, most: number): string {
  const share = most === 0 || cost === null ? 0 : cost / most;
  return `<li class="block kind kind-${kind}"><b>${place === kind ? kind : `${place} ${kind}`}</b><span>${escaped(layers)}</span><span>${output.join(' x ')}</span><span class="cost">${cost === null ? 'unknown' : figure(cost)}</span><i style="inline-size:${(100 * share).toFixed(1)}%"></i></li>`;
}

/** Formats a cost: three significant digits, large ones grouped. */
function figure(value: number): string {
  return value >= 1000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}
