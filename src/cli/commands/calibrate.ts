/** `mnv4-nas calibrate`: fits a device profile to measured latencies. */

import { basename } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { bytesOptions } from '#cli/arguments/bytes-options';
import { defineCommand, type OptionSpec, type OptionsOf } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { aligned } from '#cli/terminal/table';
import { formatPath } from '#core/documents/document';
import { Failure } from '#core/failure';
import { writeAtomically } from '#core/files/files';
import { grouped } from '#core/grouped';
import { shown } from '#core/shown';
import { rooflineSchema } from '#networks/cost/device';
import { layerLoad } from '#networks/cost/layers/layer-load';
import { layersOf } from '#networks/cost/layers/layers-of';
import { distinctCases, fitRoofline, parametersOf, type RooflineFit } from '#tasks/devices/calibration';
import { type Measurements, readMeasurements } from '#tasks/devices/measurements';
import {
  errorText,
  type FittedDevice,
  printDevice,
  profileOf,
  rhoText,
  ridgePointText,
} from '#tasks/devices/print-device';

const options = [
  { flag: '--out <device.yaml>', description: 'write the profile to this file', parse: deviceFile },
  {
    flag: '--ridge <macs-per-byte>',
    description: 'fix the ridge point at this value (default: it is fitted)',
    parse: ridgePoint,
  },
  { flag: '--overhead', description: 'also fit a constant overhead per layer (default: none)' },
  ...bytesOptions,
  jsonOption,
] as const satisfies readonly OptionSpec[];

type CalibrateOptions = OptionsOf<typeof options>;

export const calibrate = defineCommand({
  description: 'fit a device profile to measured latencies, by least squares of the relative errors',
  arguments: [
    { name: '<rows.csv>', description: 'the latencies: a CSV file with the columns network, resolution, ms' },
  ],
  options,
  examples: [
    'mnv4-nas calibrate configs/devices/measurements/pixel-6-cpu.csv',
    'mnv4-nas calibrate measured/rows.csv --overhead --out my-phone.yaml',
  ],
  run([file], options) {
    const measurements = readMeasurements(file);
    const fit = fitTo(measurements, file, options);
    const device = fittedDevice(file, measurements, fit, options);
    requireReadable(profileOf(device), file);
    if (options.out !== undefined) {
      writeAtomically(options.out, printDevice(device));
      process.stderr.write(`wrote ${options.out}\n`);
    }
    return { json: fit, text: () => calibrationText(fit) };
  },
});

function fitTo(
  { rows }: Measurements,
  file: string,
  { ridge, overhead = false, ...bytes }: CalibrateOptions,
): RooflineFit {
  const options = { ridgePoint: ridge, overhead };
  const timed = rows.map(({ network, ...row }) => ({
    ...row,
    loads: layersOf(network).map((layer) => layerLoad(layer, bytes)),
  }));
  const distinct = distinctCases(timed);
  const parameters = parametersOf(options);
  if (distinct < parameters) {
    const message = `expected rows of at least ${parameters} networks, one for each figure to fit; got ${distinct}`;
    const remedy =
      ridge === undefined ? 'measure more networks, or fix the ridge point with --ridge' : 'measure more networks';
    throw new Failure('config', { file, message }, remedy);
  }
  return fitRoofline(timed, options);
}

function fittedDevice(
  file: string,
  { comment }: Measurements,
  fit: RooflineFit,
  options: CalibrateOptions,
): FittedDevice {
  const { out = '', bytesPerWeight, bytesPerActivation } = options;
  return {
    name: basename(out).replace(/\.ya?ml$/, ''),
    fit,
    bytes: { bytesPerWeight, bytesPerActivation },
    source: [`Fitted to the rows of ${basename(file)}.`, comment].join(' ').trim(),
    command: ['mnv4-nas calibrate', basename(file), ...flagsOf(options)].join(' '),
  };
}

/** Refuses a fit with figures that the device schema excludes, since its profile could not be read back. */
function requireReadable(profile: object, file: string): void {
  const { error } = rooflineSchema.safeParse(profile);
  if (error === undefined) return;
  const mistakes = error.issues.map(({ path, message }) => {
    const got = shown((profile as Record<PropertyKey, unknown>)[path[0] as PropertyKey]);
    return { file, path: formatPath(path), message: `expected latencies that give ${message}; got ${got}` };
  });
  throw new Failure('config', mistakes, 'check that the latencies are in ms, --ridge and --overhead');
}

function flagsOf({ ridge, overhead, bytesPerWeight, bytesPerActivation }: CalibrateOptions): string[] {
  return [
    ...(ridge === undefined ? [] : [`--ridge ${ridge}`]),
    ...(overhead ? ['--overhead'] : []),
    ...(bytesPerWeight === 1 ? [] : [`--bytes-per-weight ${bytesPerWeight}`]),
    ...(bytesPerActivation === 1 ? [] : [`--bytes-per-activation ${bytesPerActivation}`]),
  ];
}

function calibrationText(fit: RooflineFit): string {
  const figures = [
    ['peak MACs per ms', grouped(Math.round(fit.peakMacsPerMs))],
    ['peak bytes per ms', grouped(Math.round(fit.peakBytesPerMs))],
    ['ridge point', ridgePointText(fit)],
    ['overhead', `${fit.overheadMs.toPrecision(3)} ms per layer`],
    ['mean absolute percentage error', errorText(fit)],
    ["Spearman's rho", rhoText(fit)],
  ];
  const rows = fit.rows.map(({ name, ms, predictedMs }) => {
    const off = (100 * (predictedMs - ms)) / ms;
    return [name, ms.toFixed(3), predictedMs.toFixed(3), `${off > 0 ? '+' : ''}${off.toFixed(1)} %`];
  });
  const table = aligned([['network', 'measured ms', 'predicted ms', 'off by'], ...rows], new Set([1, 2, 3]));
  return [...aligned(figures, new Set()), '', ...table].join('\n');
}

function ridgePoint(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number > 0 && Number.isFinite(number))) {
    throw new InvalidArgumentError('expected a number of MACs per byte > 0.');
  }
  return number;
}

function deviceFile(value: string): string {
  if (!/[^/\\]\.ya?ml$/.test(value)) throw new InvalidArgumentError('expected the name of a YAML file.');
  return value;
}
