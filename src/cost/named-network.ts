/** Networks and spaces as commands name them: `mobilenet-v1-1.5x@224`. */
import { type Diagnostic, Failure } from '../core/failure.js';
import { asNetwork, readSpace } from '../space/parse.js';
import { asSpace } from '../space/print.js';
import type { Architecture, Space } from '../space/space.js';
import { widen } from '../space/widen.js';
import { findSpace, isOwnFile } from './shipped.js';

type Report = (message: string) => Diagnostic;

/**
 * The network or space of a reference: a YAML file, relative to `base`, or a shipped name; `-FACTORx` behind a shipped
 * network's name is a width multiplier, `@PIXELS` behind either another resolution. `report` says where it stands.
 */
export function namedSpace(reference: string, base = '.', report: Report = (message) => ({ message })): Space {
  const expectWithin = (what: string, value: number, least: number, most: number) => {
    if (value >= least && value <= most) return;
    throw new Failure('config', report(`${reference}: expected ${what} from ${least} to ${most}; got ${value}`));
  };
  const [, name = reference, at] = /^(.+)@(\d+)$/.exec(reference) ?? [];
  const [, narrow = name, factor] = isOwnFile(name, base) ? [] : (/^(.+)-(\d+(?:\.\d+)?)x$/.exec(name) ?? []);
  const file = findSpace(narrow, base, report);
  const space = readSpace(file);
  if (factor !== undefined) expectWithin('a width multiplier', Number(factor), 0.1, 8);
  if (at !== undefined) expectWithin('a resolution', Number(at), 4, 2048);
  const wide = factor === undefined ? space : asSpace(widen(asNetwork(space, file), Number(factor)));
  return at === undefined ? wide : { ...wide, input: { ...wide.input, resolution: Number(at) } };
}

/** The same where only a network will do; one with choices is a failure that names the first of them. */
export function namedNetwork(reference: string, base?: string, report?: Report): Architecture {
  return asNetwork(namedSpace(reference, base, report), reference);
}
