/** YAML documents that know the line and column of each value. */
import { isMap, isPair, isScalar, type Node, type Document as YamlDocument } from 'yaml';
import { type Diagnostic, Failure, type FailureKind } from '#core/failure';
import { fileBytes, parsedJson, systemProblem } from '#core/files/files';
import { decodedText, placesIn } from '#core/files/text';
import { shownKey } from '#core/shown';
import { composedYaml } from './yaml.js';

export type Path = readonly PropertyKey[];

/** Formats a path as `stages[2].blocks[0].kernel`. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? shownKey(part) : `.${shownKey(part)}`))
    .join('');
}

/** The value at a path; undefined if nothing is there. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

/** A parsed document that knows the line and column of each value. */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  /** True for a document in YAML, which a person wrote. */
  readonly isYaml?: boolean;
  /** A diagnostic at the value on `path` or its nearest existing parent; with `what` = `key`, at the key itself. */
  at(path: Path, message: string, what?: 'key' | 'value'): Diagnostic;
}

const mostTextBytes = 2 ** 18; // our largest file has 10 kB; 1 MiB of YAML takes seconds to parse

/** A conversion to UTF-8, and the remedy for bytes that are no text. */
export interface Encoding {
  readonly recoded: (bytes: Uint8Array) => Uint8Array;
  readonly remedy: string;
}

/**
 * The text of a user's file. A file that is missing, unreadable, not UTF-8 or larger than `most` bytes is a failure of
 * that `kind`.
 */
export function readText(
  file: string,
  kind: FailureKind = 'config',
  most = mostTextBytes,
  encoding?: Encoding,
): string {
  try {
    const bytes = fileBytes(file, most);
    return decodedText(file, encoding?.recoded(bytes) ?? bytes, kind, encoding?.remedy);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(kind, { file, message: `expected a readable file; got ${systemProblem(error)}` });
  }
}

/**
 * Parses YAML or JSON; anything but plain YAML as defined in `core/documents/yaml.ts` is reported with line and column.
 */
export function locateYaml(file: string, text: string): Located {
  const placeOf = placesIn(text);
  // the library does not treat CR alone as a line end
  const { document, value } = composedYaml(file, text.replaceAll(/\r(?!\n)/g, '\n'), placeOf);
  return {
    file,
    value,
    isYaml: true,
    at(path, message, what = 'value') {
      const offset = nodeOffset(document, path, what);
      return { file, ...placeOf(offset), path: formatPath(path), message };
    },
  };
}

/** Parses JSON that a program wrote; a data failure if it is malformed. Positions are computed on first use. */
export function locateJson(file: string, text: string, remedy?: string): Located {
  const value = parsedJson(file, text, remedy);
  let places: Located | undefined;
  const at: Located['at'] = (...where) => {
    places ??= locateYaml(file, text);
    return places.at(...where);
  };
  return { file, value, at };
}

function nodeOffset(document: YamlDocument, path: Path, what: 'key' | 'value'): number {
  for (let depth = path.length; depth >= 0; depth--) {
    if (what === 'key' && depth > 0 && depth === path.length) {
      const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && keyOf(item.key) === path.at(-1)) : null;
      const key = pair?.key as Node | undefined;
      if (key?.range) return key.range[0];
    }
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const range = (node as Node | null | undefined)?.range;
    if (range) return range[0];
  }
  return 0;
}

function keyOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
