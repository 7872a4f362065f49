/** References by which commands name networks and spaces, such as `mobilenet-v1-1.5x@224`. */
import { type Diagnostic, Failure } from '#core/failure';
import { asNetwork, readSpace } from '#networks/space/parse';
import { asSpace } from '#networks/space/print';
import { parsedResolution, type Resolution, resolutionWhat } from '#networks/space/resolution';
import type { Architecture, Space } from '#networks/space/space';
import { widen } from '#networks/space/widen';
import { findSpace, isOwnFile, shippedNames } from './shipped.js';

type Report = (message: string) => Diagnostic;

const unplaced: Report = (message) => ({ message });

/** Parts of a reference. */
export interface ReferenceParts {
  readonly file: string;
  /** Width multiplier; undefined, like the resolution, if the reference has none. */
  readonly factor: number | undefined;
  readonly resolution: Resolution | undefined;
}

/**
 * Splits a reference into its parts: a YAML file, relative to `base`, or a shipped name; `-FACTORx` after the name of a
 * shipped network is a width multiplier, `@PIXELS` or `@HEIGHTxWIDTH` after either another resolution. `report` locates
 * the reference in a diagnostic.
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

/** True if a text has the form of a reference: a YAML or JSON file or a shipped name, with or without its suffixes. */
export function isNetworkReference(reference: string): boolean {
  const name = reference.replace(/@\d+(x\d+)?$/, '');
  const shipped = ['search-spaces', 'search-spaces/zoo'].flatMap(shippedNames);
  return /\.(ya?ml|json)$/.test(name) || shipped.includes(name.replace(/-\d+(\.\d+)?x$/, ''));
}

/** Reads the network or space of a reference. */
export function namedSpace(reference: string, base?: string, report?: Report): Space {
  const { file, factor, resolution } = referenceParts(reference, base, report);
  const space = readSpace(file);
  const wide = factor === undefined ? space : asSpace(widen(asNetwork(space, file), factor));
  return resolution === undefined ? wide : { ...wide, input: { ...wide.input, resolution } };
}

/** Reads the network of a reference; throws a failure that names the first choice if it is a space with choices. */
export function namedNetwork(reference: string, base?: string, report?: Report): Architecture {
  return asNetwork(namedSpace(reference, base, report), reference);
}
