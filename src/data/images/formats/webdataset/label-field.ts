/** Reads the label of a sample in a tar shard: a number or a class name as text, or a value in a JSON object. */
import { isUtf8 } from 'node:buffer';
import { shown, shownError } from '#core/shown';
import type { FileWindow } from '#data/images/formats/shards/file-window';
import { type SamplePlace, sampleFailure } from '#data/images/formats/shards/labels';
import type { TarMember } from './tar-members.js';

/** The field that holds the label and, for JSON, the key in it. */
export interface LabelField {
  readonly field: string;
  readonly key: string | undefined;
}

/** Fields that are looked for, in this order, if the user names none. */
const usualFields = ['cls', 'json', 'txt'] as const;
const usualKeys = ['label', 'cls', 'class'] as const;

/** The user's label field: `cls`, or `json.KEY` for a value in a JSON object. */
export function labelField(named: string): LabelField {
  const [, key] = /^json\.(.+)$/is.exec(named) ?? [];
  return key === undefined ? { field: named.toLowerCase(), key: undefined } : { field: 'json', key };
}

/** The label field of a sample whose user named none; undefined if it has none. */
export function usualLabelField(fields: ReadonlyMap<string, TarMember>): LabelField | undefined {
  const field = usualFields.find((one) => fields.has(one));
  return field && { field, key: undefined };
}

export const usualLabelFields = usualFields.join(', ');

const mostBytes = 2 ** 20;

/** Reads the label from its member; anything else than a number or a text is a data failure. */
export function readLabel(
  window: FileWindow,
  { offset, size }: TarMember,
  { field, key }: LabelField,
  place: () => SamplePlace,
): number | string {
  if (size > mostBytes) {
    throw sampleFailure(place(), `expected at most ${mostBytes} bytes with the label in ${field}; got ${size}`);
  }
  const bytes = window.at(offset, size);
  if (!isUtf8(bytes)) throw sampleFailure(place(), `expected a label in UTF-8 in ${field}; got other bytes`);
  const text = bytes.toString().trim();
  const label = field === 'json' ? jsonLabel(text, key, place) : text;
  if (label !== '') return label;
  throw sampleFailure(place(), `expected a label in ${field}; got an empty one`);
}

function jsonLabel(text: string, named: string | undefined, place: () => SamplePlace): number | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw sampleFailure(place(), `expected JSON; got: ${shownError(error)}`);
  }
  const keys = named === undefined ? usualKeys : [named];
  const has = (key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  const key = keys.find(has);
  const label = key === undefined ? value : (value as Record<string, unknown>)[key];
  if (typeof label === 'number' || typeof label === 'string') return label;
  const remedy = 'name the key of the label: label: json.KEY';
  if (key === undefined)
    throw sampleFailure(place(), `expected JSON with the key ${keys.join(', ')}; got none`, remedy);
  throw sampleFailure(place(), `expected a number or a text as the JSON value ${key}; got ${shown(label)}`, remedy);
}
