/**
 * Kubernetes objects as plain data, and their YAML. The API server reads YAML 1.1, in which `on`, `12:30:00`, `1_000` and
 * `0o17` are no strings, and other readers differ again; so every string is quoted unless no reader can mistake it.
 */
import { Document, isScalar, Scalar, visit } from 'yaml';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** The file of the Job that must be done before the files after it are submitted. */
export const prepareFile = '20-prepare.yaml';

/** Prints manifests as the documents of one file, under a comment of ASCII lines. */
export function manifestText(manifests: readonly Manifest[], comment: readonly string[]): string {
  const head = comment.map((line) => `# ${line}\n`).join('');
  return head + manifests.map((manifest) => yamlText(manifest)).join('---\n');
}

function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === 'string') node.type = styleOf(node.value);
    },
  });
  return document.toString({ lineWidth: 0 }).replace(new RegExp(unreadable, 'gu'), escaped);
}

/** Characters that some readers refuse, fold or drop: controls, line separators, lone surrogates, byte-order marks. */
const unreadable = /(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\ufeff]/u;
const plain = /^[A-Za-z/][A-Za-z0-9_./-]*$/; // starts unlike numbers, dates, times and indicators
const words = /^(y|n|yes|no|on|off|true|false|null|e[+-]?\d+)$/i; // some readers take e0 for a number

function styleOf(text: string): Scalar.Type {
  if (/^\S.*\n/.test(text) && !unreadable.test(text)) return Scalar.BLOCK_LITERAL;
  return plain.test(text) && !words.test(text) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
}

/** The escape of a character inside double quotes, where all such characters are. */
function escaped(character: string): string {
  const code = (character.codePointAt(0) as number).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
