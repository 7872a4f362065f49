/** YAML documents that can say where each of their values stands, at line and column. */
import { readFileSync } from 'node:fs';
import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument, type Document as YamlDocument } from 'yaml';
import { type Diagnostic, Failure, type FailureKind } from './failure.js';
import { systemProblem } from './files.js';

export type Path = readonly PropertyKey[];

/** `stages[2].blocks[0].kernel` from its parts. */
export function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

/** A parsed document that can say where each of its values stands. */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  /** A diagnostic at the value on `path`, or at its nearest parent that exists; at the key itself where asked. */
  at(path: Path, message: string, what?: 'key' | 'value'): Diagnostic;
}

/** The text of a file that a user named; a missing or unreadable one is a failure of that `kind`. */
export function readText(file: string, kind: FailureKind = 'config'): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(kind, { file, message: `expected a readable file; got ${systemProblem(error)}` });
  }
}

/** Parses YAML (JSON too); syntax errors and duplicate keys are reported with their place. */
export function locateYaml(file: string, text: string): Located {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error', // else it warns on standard error of what is reported as a mistake anyway
  });
  if (document.errors.length > 0) {
    throw new Failure(
      'config',
      document.errors.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0]);
        return { file, line, column: col, message: `expected YAML; got: ${message}` };
      }),
    );
  }
  const value = aliasesResolved(file, document);
  return {
    file,
    value,
    at(path, message, what = 'value') {
      const offset = nodeOffset(document, path, what);
      const { line, col } = lines.linePos(offset);
      return { file, line, column: col, path: formatPath(path), message };
    },
  };
}

function aliasesResolved(file: string, document: YamlDocument): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new Failure('config', { file, message: `expected plain YAML; got: ${(error as Error).message}` });
  }
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
