/** Formats the JSON that this program writes, with a SHA-256 that reveals changed values. */
import { sha256 } from './files.js';

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

type Sealable = { readonly sha256?: string | undefined };

/** The content with a `sha256` of its JSON, written without spaces and without that key. */
export function sealed<T extends object>(content: T & Sealable): T & { readonly sha256: string } {
  return { ...content, sha256: sealOf(content) };
}

/** The message for an object whose `sha256` does not match its content; undefined if it matches or has none. */
export function sealProblem(document: unknown): string | undefined {
  const found = sealOf(document as Sealable);
  const { sha256: expected = found } = document as Sealable;
  return expected === found ? undefined : `expected content of SHA-256 ${expected}; got ${found}`;
}

function sealOf({ sha256: _, ...content }: Sealable): string {
  return sha256(JSON.stringify(content));
}
