/** `mnv4-nas roofline`: networks compared on every device at once, by a sweep over ridge points. */
import { Command, InvalidArgumentError } from 'commander';
import { ridgeRange } from '#cli/arguments/ridge-range';
import { aligned } from '#cli/terminal/table';
import { writeAtomically } from '#core/files/files';
import { type RidgeSweep, ridgeSweep } from '#tasks/devices/ridge-sweep';
import { rooflineChart } from '#tasks/report/roofline-chart';
import { rooflinePage } from '#tasks/report/roofline-page';
import { rooflineTables } from '#tasks/report/roofline-tables';
import { type StatedAccuracies, type SweptContender, statedAccuracy, sweptContenders } from './contenders.js';

interface RooflineOptions {
  readonly ridge: readonly number[];
  readonly accuracy: StatedAccuracies;
  readonly bytesPerWeight: number;
  readonly bytesPerActivation: number;
  readonly svg?: string;
  readonly html?: string;
  readonly json?: boolean;
}

export function rooflineCommand(): Command {
  return withBytesOptions(
    new Command('roofline')
      .description('latencies of networks on all devices at once: a sweep over the ratio of arithmetic to memory')
      .argument('<networks...>', 'networks (shipped names or YAML files) or folders of finished runs')
      .option('--ridge <from:to:step>', 'the ridge points, in MACs per byte', ridgeRange, ridgeRange('0:500:1'))
      .option(
        '--accuracy <network=share>',
        'top-1 of a network, from 0 to 1; may be repeated',
        statedAccuracy,
        new Map(),
      ),
  )
    .option('--svg <file>', 'draw the sweep')
    .option('--html <file>', 'write a page with the drawing and the tables')
    .option('--json', 'print one JSON document')
    .action(roofline);
}

/** Adds the options that say how many bytes a value takes. */
export function withBytesOptions(command: Command): Command {
  return command
    .option('--bytes-per-weight <n>', 'bytes of a weight: 1 for int8, 2 for float16', bytes, 1)
    .option('--bytes-per-activation <n>', 'bytes of an activation', bytes, 1);
}

async function roofline(references: string[], options: RooflineOptions): Promise<void> {
  const contenders = sweptContenders(references, options.accuracy, options);
  const sweep = ridgeSweep(contenders, options.ridge);
  process.stdout.write(
    `${options.json ? rooflineJson(sweep, contenders, options) : rooflineText(sweep, contenders)}\n`,
  );
  if (options.svg !== undefined) save(options.svg, await drawn(sweep));
  if (options.html !== undefined) {
    const tables = rooflineTables(sweep, contenders);
    save(options.html, rooflinePage('Roofline sweep', await drawn(sweep), tables));
  }
}

function rooflineJson(sweep: RidgeSweep, contenders: readonly SweptContender[], options: RooflineOptions): string {
  const { bytesPerWeight, bytesPerActivation } = options;
  const networks = sweep.networks.map(({ name, ...series }, n) => {
    const { resolution, macs, top1, source } = contenders[n] as SweptContender;
    return { name, resolution, macs, top1, source, ...series };
  });
  return JSON.stringify({ ...sweep, networks, bytesPerWeight, bytesPerActivation });
}

export function rooflineText(sweep: RidgeSweep, contenders: readonly SweptContender[]): string {
  const tables = rooflineTables(sweep, contenders);
  return tables.map(({ title, rows, right }) => [title, ...aligned(rows, right)].join('\n')).join('\n\n');
}

/** Drawing loads a large library, which nothing else needs. */
async function drawn(sweep: RidgeSweep): Promise<string> {
  const { svgOf } = await import('#tasks/report/svg');
  return svgOf(rooflineChart(sweep));
}

function save(file: string, content: string): void {
  writeAtomically(file, content);
  process.stderr.write(`wrote ${file}\n`);
}

function bytes(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number > 0 && number <= 64)) {
    throw new InvalidArgumentError('expected a number of bytes > 0, at most 64.');
  }
  return number;
}
