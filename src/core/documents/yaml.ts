/**
 * Parses the subset of YAML that this program's files use: YAML 1.2 with plain keys, without custom tags, and with
 * limited nesting. Everything else is refused with line and column before a value is built.
 */
import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  type Node,
  Parser,
  visit,
  type Document as YamlDocument,
} from 'yaml';
import { Failure, firstOf } from '#core/failure';
import { deepestNesting } from '#core/files/nesting';
import type { Place } from '#core/files/text';
import { shownError } from '#core/shown';
import { leadingZeroProblem } from './yaml-habits.js';

const mostAliases = 100; // copies by the aliases of one anchor

/** A mistake at an offset into the text. */
interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/** The document of a text and its value; throws all mistakes as one `Failure` of kind `config`. */
export function composedYaml(
  file: string,
  text: string,
  placeOf: (offset: number) => Place,
): { document: YamlDocument; value: unknown } {
  const refuse = (mistakes: readonly Mistake[]) => {
    const told = firstOf(mistakes, ({ offset, message }) => ({ file, ...placeOf(offset), message }));
    if (told.length > 0) throw new Failure('config', told);
  };
  const tokens = [...new Parser().parse(text)];
  refuse(tooDeep(tokens));
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) throw new Error('a composer gives at least an empty document');
  refuse([...syntaxMistakes(document), ...olderVersion(document, text)]);
  if (second !== undefined) {
    refuse([{ offset: second.range[0], message: 'expected one YAML document; got another behind it' }]);
  }
  const { mistakes, firstAlias } = unfitNodes(document);
  refuse(mistakes);
  try {
    return { document, value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    const message = `expected fewer than ${mostAliases} copies by aliases; got: ${shownError(error)}`;
    throw new Failure('config', { file, ...placeOf(firstAlias), message });
  }
}

/** Options of the library. We check for duplicate keys ourselves, since the library's check is slow. */
const options = { uniqueKeys: false, schema: 'core', resolveKnownTags: false, logLevel: 'error' } as const;

/**
 * The library's errors and warnings; unexpected tokens count only as the first mistake, as later ones follow from it.
 */
function syntaxMistakes({ errors, warnings }: YamlDocument): Mistake[] {
  const all = [...errors, ...warnings];
  const told = all.filter(({ code }, i) => i === 0 || code !== 'UNEXPECTED_TOKEN');
  return told.map(({ code, pos, message }) => {
    const hint = code === 'TAG_RESOLVE_FAILED' ? ': leave the tag out, and put a text in quotes' : '';
    return { offset: pos[0], message: `expected YAML; got: ${shownError({ message })}${hint}` };
  });
}

/** The mistake of a document that declares YAML 1.1, in which the same words mean other values. */
function olderVersion({ directives }: YamlDocument, text: string): Mistake[] {
  if (!directives?.yaml.explicit || directives.yaml.version !== '1.1') return [];
  return [{ offset: text.indexOf('%YAML'), message: 'expected YAML 1.2; got the directive %YAML 1.1: leave it out' }];
}

/** Finds a collection below the deepest level, without recursion. */
function tooDeep(tokens: readonly CST.Token[]): Mistake[] {
  const open: { token: CST.Token | null | undefined; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token?.type === 'document') open.push({ token: token.value, depth });
    if (token === null || token === undefined || !('items' in token)) continue;
    if (depth === deepestNesting)
      return [{ offset: token.offset, message: `expected at most ${deepestNesting} levels; got more` }];
    for (const { key, value } of token.items)
      open.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
  }
  return [];
}

/**
 * Finds duplicate and non-scalar keys, numbers that may be octal, and aliases without an anchor or inside their own
 * anchor.
 */
function unfitNodes(document: YamlDocument): { mistakes: Mistake[]; firstAlias: number } {
  const mistakes: Mistake[] = [];
  const anchored = new Map<string, Node>();
  let firstAlias: number | undefined;
  visit(document, {
    Node(_, node) {
      const offset = startOf(node);
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchored.set(node.anchor, node as Node);
        if (isMap(node)) mistakes.push(...unfitKeys(node.items));
        const problem = isScalar(node) && typeof node.value === 'number' && leadingZeroProblem(node.source ?? '');
        if (problem) mistakes.push({ offset, message: problem });
        return;
      }
      firstAlias ??= offset;
      const source = anchored.get(node.source);
      const isInside = source?.range != null && offset < source.range[1];
      if (source === undefined)
        mistakes.push({ offset, message: `expected an anchor before it; got the alias *${node.source}` });
      else if (isInside)
        mistakes.push({ offset, message: `expected an alias of a finished value; got *${node.source} inside itself` });
    },
  });
  return { mistakes, firstAlias: firstAlias ?? 0 };
}

function unfitKeys(pairs: readonly { readonly key: unknown }[]): Mistake[] {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }) => {
    const offset = startOf(key as Node | null);
    if (!isScalar(key) || key.value === null)
      return [{ offset, message: 'expected a word as key; got something else' }];
    const name = String(key.value);
    if (name === '<<' && key.type === 'PLAIN')
      return [
        {
          offset,
          message: 'expected the keys themselves; got the merge key <<, which is not part of YAML 1.2: write them out',
        },
      ];
    if (name === '__proto__') return [{ offset, message: 'expected another key; got __proto__' }];
    if (seen.has(name)) return [{ offset, message: `expected each key once; got ${name} again` }];
    seen.add(name);
    return [];
  });
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
