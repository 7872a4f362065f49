/** Hardware profiles: `configs/devices/*.yaml`. */
import { basename } from 'node:path';
import type { z } from 'zod';
import { conform, quantity, record, text } from '../core/conform.js';
import { locateYaml, readText } from '../core/document.js';

export const deviceSchema = record({
  peakMacsPerMs: quantity('a number of MACs per ms > 0', { above: 0 }),
  peakBytesPerMs: quantity('a number of bytes per ms > 0', { above: 0 }),
  bytesPerWeight: quantity('a number of bytes > 0', { above: 0 }),
  bytesPerActivation: quantity('a number of bytes > 0', { above: 0 }),
  overheadMs: quantity('a number of ms >= 0', { min: 0 }).default(0),
  source: text('a text that says where the figures come from'),
});

/** What the roofline model knows of a device. `overheadMs` is what every layer costs on top. */
export type Device = Readonly<z.output<typeof deviceSchema>> & { readonly name: string };

export function readDevice(file: string): Device {
  return parseDevice(file, readText(file));
}

/** A profile from its text; it is named after its file. */
export function parseDevice(file: string, text: string): Device {
  return { name: basename(file).replace(/\.ya?ml$/, ''), ...conform(locateYaml(file, text), deviceSchema) };
}
