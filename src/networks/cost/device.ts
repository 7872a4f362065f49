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
  peakMacsPerMs: peak('MACs').describe('Peak multiply-accumulates per ms'),
  peakBytesPerMs: peak('bytes').describe('Peak bytes read and written per ms'),
  bytesPerWeight,
  bytesPerActivation,
  overheadMs: quantity('a number of ms from 0 to 1e6', { min: 0, max: 1e6 })
    .default(0)
    .describe('Time added to every layer, in ms'),
  source: sourceText,
  fit: record({
    rows: integer('a number of latencies from 1').describe('Latencies that the profile was fitted to'),
    meanAbsolutePercentageError: quantity('a share >= 0', { min: 0 }).describe('Mean relative error, as a share'),
    leaveOneOutError: quantity('a share >= 0', { min: 0 })
      .optional()
      .describe('The same error if each network is predicted by a fit to all others'),
    spearman: quantity('a number from -1 to 1', { min: -1, max: 1 })
      .optional()
      .describe("Spearman's rank correlation of predicted and measured latencies"),
    ridgePoint: word('held', 'fitted', 'atLeast', 'atMost').describe(
      'Origin of the ridge point: held (given), fitted, or known only as a bound',
    ),
  })
    .optional()
    .describe('Quality of the fit to measured latencies; mnv4-nas calibrate writes it'),
});

const tableSchema = record({
  table: text('the name of a CSV file').describe('CSV file of measured layers, relative to the profile'),
  bytesPerWeight: bytesPerWeight.default(1),
  bytesPerActivation: bytesPerActivation.default(1),
  source: sourceText,
});

export const deviceSchema = z.union([rooflineSchema, tableSchema]);

/** Roofline model of a device. `overheadMs` is added to the latency of every layer. */
export type RooflineDevice = Readonly<z.output<typeof rooflineSchema>> & {
  readonly kind: 'roofline';
  readonly name: string;
};

/** A device as a table of measured layers; other layers have no latency. */
export type TableDevice = Readonly<Omit<z.output<typeof tableSchema>, 'table'>> & {
  readonly kind: 'table';
  readonly name: string;
  readonly table: LatencyTable;
};

export type Device = RooflineDevice | TableDevice;

export function readDevice(file: string): Device {
  return parseDevice(file, readText(file));
}

/** Parses a profile; it is named after its file, and its table's path is relative to that file. */
export function parseDevice(file: string, text: string): Device {
  const name = basename(file).replace(/\.ya?ml$/, '');
  const profile = conform(locateYaml(file, text), deviceSchema);
  if (!('table' in profile)) return { kind: 'roofline', name, ...profile };
  return { kind: 'table', name, ...profile, table: readLatencyTable(resolve(dirname(file), profile.table)) };
}
