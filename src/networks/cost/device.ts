/** Hardware profiles: `configs/devices/*.yaml`, each a roofline or a table of measured layers. */
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { conform, integer, quantity, record, text, word } from '#core/documents/conform';
import { locateYaml, readText } from '#core/documents/document';
import { type LatencyTable, readLatencyTable } from './latency-table.js';

const sourceField = text('a text that says where the figures come from');
const bytesField = quantity('a number of bytes from 0.01 to 1000', { min: 0.01, max: 1000 });
const peak = (what: string) => quantity(`a number of ${what} per ms from 1 to 1e15`, { min: 1, max: 1e15 });

const sourceText = sourceField.describe('Where the figures come from');
const bytesPerWeight = bytesField.describe('Bytes of a weight in memory');
const bytesPerActivation = bytesField.describe('Bytes of an activation in memory');

export const rooflineSchema = record({
  peakMacsPerMs: peak('MACs').describe('Multiply-accumulates per ms at most'),
  peakBytesPerMs: peak('bytes').describe('Bytes read and written per ms at most'),
  bytesPerWeight,
  bytesPerActivation,
  overheadMs: quantity('a number of ms from 0 to 1e6', { min: 0, max: 1e6 })
    .default(0)
    .describe('Time that every layer costs on top, in ms'),
  source: sourceText,
  fit: record({
    rows: integer('a number of latencies from 1').describe('Latencies that the profile was fitted to'),
    meanAbsolutePercentageError: quantity('a share >= 0', { min: 0 }).describe('Mean relative error, as a share'),
    leaveOneOutError: quantity('a share >= 0', { min: 0 })
      .optional()
      .describe('The same error if each network is predicted by a fit to the others'),
    spearman: quantity('a number from -1 to 1', { min: -1, max: 1 })
      .optional()
      .describe("Spearman's rank correlation of predicted and measured latencies"),
    ridgePoint: word('held', 'fitted', 'atLeast', 'atMost').describe(
      'How the ridge point came about: held (given), fitted, or known as a bound',
    ),
  })
    .optional()
    .describe('How well the profile met the latencies that it was fitted to; mnv4-nas calibrate writes it'),
});

const tableSchema = record({
  table: text('the name of a CSV file').describe('CSV file of measured layers, relative to the profile'),
  bytesPerWeight: bytesPerWeight.default(1),
  bytesPerActivation: bytesPerActivation.default(1),
  source: sourceText,
});

export const deviceSchema = z.union([rooflineSchema, tableSchema]);

/** What the roofline model knows of a device. `overheadMs` is what every layer costs on top. */
export type RooflineDevice = Readonly<z.output<typeof rooflineSchema>> & {
  readonly kind: 'roofline';
  readonly name: string;
};

/** A device of which single layers were measured; it knows those, and no others. */
export type TableDevice = Readonly<Omit<z.output<typeof tableSchema>, 'table'>> & {
  readonly kind: 'table';
  readonly name: string;
  readonly table: LatencyTable;
};

export type Device = RooflineDevice | TableDevice;

export function readDevice(file: string): Device {
  return parseDevice(file, readText(file));
}

/** A profile from its text; it is named after its file, and a table is looked up beside it. */
export function parseDevice(file: string, text: string): Device {
  const name = basename(file).replace(/\.ya?ml$/, '');
  const profile = conform(locateYaml(file, text), deviceSchema);
  if (!('table' in profile)) return { kind: 'roofline', name, ...profile };
  return { kind: 'table', name, ...profile, table: readLatencyTable(resolve(dirname(file), profile.table)) };
}
