/** `mnv4-nas roofline`: compares networks on all devices at once, by a sweep over ridge points. */
import { bytesOptions } from '#cli/arguments/bytes-options';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { ridgeRange } from '#cli/arguments/ridge-range';
import { aligned } from '#cli/terminal/table';
import { writeAtomically } from '#core/files/files';
import { type RidgeSweep, ridgeSweep } from '#tasks/devices/ridge-sweep';
import { rooflineChart } from '#tasks/report/roofline-chart';
import { rooflinePage } from '#tasks/report/roofline-page';
import { rooflineTables } from '#tasks/report/roofline-tables';
import { type SweptContender, statedAccuracy, sweptContenders } from './contenders.js';

const options = [
  {
    flag: '--ridge <from:to:step>',
    description: 'the ridge points to sweep, in MACs per byte (default: 0:500:1)',
    parse: ridgeRange,
  },
  {
    flag: '--accuracy <network=share>',
    description: 'top-1 accuracy of a network, from 0 to 1; may be repeated',
    parse: statedAccuracy,
  },
  ...bytesOptions,
  { flag: '--svg <file>', description: 'draw the sweep' },
  { flag: '--html <file>', description: 'write a page with the drawing and the tables' },
  jsonOption,
] as const satisfies readonly OptionSpec[];

type RooflineOptions = OptionsOf<typeof options>;

export const roofline = defineCommand({
  description:
    'compare the latency of networks on all devices at once, by a sweep over the ridge point, the ratio of arithmetic to memory bandwidth',
  arguments: [
    { name: '<networks...>', description: 'networks (shipped names or YAML files) or folders of finished runs' },
  ],
  options,
  examples: [
    'mnv4-nas roofline mnv4-conv-s mobilenet-v2 mobilenet-v3-large --html sweep.html',
    'mnv4-nas roofline mnv4-conv-m runs/first-fine --ridge 0:200:2',
  ],
  async run([references], options) {
    const { ridge = ridgeRange('0:500:1'), accuracy = new Map(), svg, html } = options;
    const contenders = sweptContenders(references, accuracy, options);
    const sweep = ridgeSweep(contenders, ridge);
    if (svg !== undefined) save(svg, await drawn(sweep));
    if (html !== undefined) {
      save(html, rooflinePage('Roofline sweep', await drawn(sweep), rooflineTables(sweep, contenders)));
    }
    return { json: rooflineJson(sweep, contenders, options), text: () => rooflineText(sweep, contenders) };
  },
});

function rooflineJson(sweep: RidgeSweep, contenders: readonly SweptContender[], options: RooflineOptions) {
  const { bytesPerWeight, bytesPerActivation } = options;
  const networks = sweep.networks.map(({ name, ...series }, n) => {
    const { resolution, macs, top1, source } = contenders[n] as SweptContender;
    return { name, resolution, macs, top1, source, ...series };
  });
  return { ...sweep, networks, bytesPerWeight, bytesPerActivation };
}

function rooflineText(sweep: RidgeSweep, contenders: readonly SweptContender[]): string {
  const tables = rooflineTables(sweep, contenders);
  return tables.map(({ title, rows, right }) => [title, ...aligned(rows, right)].join('\n')).join('\n\n');
}

/** Draws the sweep as SVG; loads its large library only now, since nothing else needs it. */
async function drawn(sweep: RidgeSweep): Promise<string> {
  const { svgOf } = await import('#tasks/report/svg');
  return svgOf(rooflineChart(sweep));
}

function save(file: string, content: string): void {
  writeAtomically(file, content);
  process.stderr.write(`wrote ${file}\n`);
}
