/** Networks and spaces as commands name them: `mobilenet-v1-1.5x@224`. */
import { type Diagnostic, Failure } from '#core/failure';
import { asNetwork, readSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { parsedResolution, type Resolution, resolutionWhat } from '#networks/space/resolution';
import type { Architecture, Space } from '#networks/space/space';
import { widen } from '#networks/space/widen';
import { findSpace, isOwnFile, shippedNames } from './shipped.js';

type Report = (message: string) => Diagnostic;

const unplaced: Report = (message) => ({ message });

/** What a reference consists of. */
export interface ReferenceParts {
  readonly file: string;
  /** The width multiplier and the resolution, where the reference has them. */
  readonly factor: number | undefined;
  readonly resolution: Resolution | undefined;
}

/**
 * The parts of a reference: a YAML file, relative to `base`, or a shipped name; `-FACTORx` behind a shipped network's name
 * is a width multiplier, `@PIXELS` or `@HEIGHTxWIDTH` behind either another resolution. `report` says where it stands.
 */
export function referenceParts(reference: string, base = '.', report: Report = unplaced): ReferenceParts {
  const requireFitting = (what: string, got: string | undefined, fits: boolean) => {
    if (got !== undefined && !fits) throw new Failure('config', report(`${reference}: expected ${what}; got ${got}`));
  };
  const [, name = reference, at] = /^(.+)@(\d+(?:x\d+)?)$/.exec(reference) ?? [];
  const [, narrow = name, times] = isOwnFile(name, base) ? [] : (/^(.+)-(\d+(?:\.\d+)?)x$/.exec(name) ?? []);
  const file = findSpace(narrow, base, report);
  const factor = times === undefined ? undefined : Number(times);
  const resolution = at === undefined ? undefined : parsedResolution(at);
  requireFitting('a width multiplier from 0.1 to 8', times, (factor ?? 0) >= 0.1 && (factor ?? 0) <= 8);
  requireFitting(resolutionWhat, at, resolution !== undefined);
  return { file, factor, resolution };
}

/** Recognises a reference by its form: a YAML or JSON file, or a shipped name, whole or with a factor and a resolution. */
export function isNetworkReference(reference: string): boolean {
  const name = reference.replace(/@\d+(x\d+)?$/, '');
  const shipped = ['search-spaces', 'search-spaces/zoo'].flatMap(shippedNames);
  return /\.(ya?ml|json)$/.test(name) || shipped.includes(name.replace(/-\d+(\.\d+)?x$/, ''));
}

/** The network or space of a reference. */
export function namedSpace(reference: string, base?: string, report?: Report): Space {
  const { file, factor, resolution } = referenceParts(reference, base, report);
  const space = readSpace(file);
  const wide = factor === undefined ? space : asSpace(widen(asNetwork(space, file), factor));
  return resolution === undefined ? wide : { ...wide, input: { ...wide.input, resolution } };
}

/** The same where only a network will do; one with choices is a failure that names the first of them. */
export function namedNetwork(reference: string, base?: string, report?: Report): Architecture {
  return asNetwork(namedSpace(reference, base, report), reference);
}
