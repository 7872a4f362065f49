/** The tables that `describe` prints for people. */
import { grouped } from '#core/grouped';
import { percent } from '#core/percent';
import type { NamedDevice, NetworkDescription, SpaceDescription } from '#networks/cost/description';
import { sidesOf } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { blockText } from './block-text.js';
import { aligned, type Row } from './table.js';

export function networkText(
  architecture: Architecture,
  network: NetworkDescription,
  devices: readonly NamedDevice[],
  byLayer: boolean,
): string {
  const { name, resolution, classes, params, foldedParams, macs, peakActivationBytes, latencyMs } = network;
  const totals = [
    ['parameters', grouped(params), ''],
    ['with batch norm folded', grouped(foldedParams), ''],
    ['MACs', grouped(macs), ''],
    ['peak activation bytes', grouped(peakActivationBytes), ''],
    ...Object.entries(latencyMs).map(([device, ms]) => [
      `ms on ${device}`,
      ms.toFixed(3),
      waiting(network.memoryBoundShare[device]),
    ]),
  ];
  const rows = byLayer ? layerRows(network, devices) : blockRows(architecture, network);
  const right = byLayer ? new Set([2, 3, 4, 5, 6]) : new Set([2, 3, 4]);
  const heading = `${name}  ${sidesOf(resolution).join(' x ')}, ${classes} classes`;
  return [heading, ...aligned(totals, new Set([1])), '', ...aligned(rows, right)].join('\n');
}

function waiting(memoryBoundShare: number | undefined): string {
  return memoryBoundShare === undefined ? '' : `${percent(memoryBoundShare, 0)} of it in layers bound by memory`;
}

function layerRows({ layers }: NetworkDescription, devices: readonly NamedDevice[]): Row[] {
  const head = ['layer', 'kind', 'output', 'parameters', 'MACs', 'weight bytes', 'activation bytes'];
  const rows = layers.map(({ name, kind, output, params, macs, weightBytes, activationBytes, bound }) => [
    name,
    kind,
    output.join(' x '),
    ...[params, macs, weightBytes, activationBytes].map(grouped),
    ...devices.map((device) => bound[device.name] ?? 'measured'),
  ]);
  return [[...head, ...devices.map(({ name }) => `bound on ${name}`)], ...rows];
}

/** One row per block of the stages, then one per layer of the head. */
function blockRows(architecture: Architecture, { layers }: NetworkDescription): Row[] {
  const blocks = architecture.stages.flatMap((stage, s) =>
    stage.blocks.map((block, b) => [`stages[${s}].blocks[${b}]`, blockText(block)] as const),
  );
  const head = layers.filter(({ name }) => name.startsWith('head.')).map(({ name, kind }) => [name, kind] as const);
  const rows = [...blocks, ...head].map(([name, text]) => {
    const parts = layers.filter((layer) => layer.name === name || layer.name.startsWith(`${name}.`));
    const output = parts.at(-1)?.output ?? [];
    const params = parts.reduce((sum, part) => sum + part.params, 0);
    const macs = parts.reduce((sum, part) => sum + part.macs, 0);
    return [name, text, output.join(' x '), grouped(params), grouped(macs)];
  });
  return [['block', '', 'output', 'parameters', 'MACs'], ...rows];
}

export function spaceText(space: SpaceDescription, devices: readonly NamedDevice[]): string {
  const { name, resolution, classes, choices, cheapest, dearest } = space;
  const [size, networks] = [space.size, space.networks].map((count) => BigInt(count).toLocaleString('en-US'));
  const choiceRows = choices.map(({ path, tag, options }, i) => [`${i}`, path, tag, options.map(String).join(' ')]);
  const costs = [
    ['', 'cheapest', 'dearest'],
    ['parameters', grouped(cheapest.params), grouped(dearest.params)],
    ['MACs', grouped(cheapest.macs), grouped(dearest.macs)],
    ...devices.map((device) => [
      `ms on ${device.name}`,
      (cheapest.latencyMs[device.name] as number).toFixed(3),
      (dearest.latencyMs[device.name] as number).toFixed(3),
    ]),
  ];
  return [
    `${name}  ${sidesOf(resolution).join(' x ')}, ${classes} classes`,
    `${choices.length} choices, ${size} ways to decide them, ${space.networksExact ? '' : 'at most '}${networks} different networks`,
    '',
    ...aligned(costs, new Set([1, 2])),
    '',
    ...aligned([['', 'choice', 'tag', 'options'], ...choiceRows], new Set([0])),
  ].join('\n');
}
