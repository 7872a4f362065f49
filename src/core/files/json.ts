/** JSON as this program writes it: its text, and a SHA-256 of its own, by which damage that makes one value into another shows. */
import { sha256 } from './files.js';

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

type Sealable = { readonly sha256?: string | undefined };

/** The content with its `sha256`, over the JSON of the rest without spaces. */
export function sealed<T extends object>(content: T & Sealable): T & { readonly sha256: string } {
  return { ...content, sha256: sealOf(content) };
}

/** What is wrong with the seal of an object as it was read; undefined where it holds, and where there is none. */
export function sealProblem(document: unknown): string | undefined {
  const found = sealOf(document as Sealable);
  const { sha256: expected = found } = document as Sealable;
  return expected === found ? undefined : `expected content of SHA-256 ${expected}; got ${found}`;
}

function sealOf({ sha256: _, ...content }: Sealable): string {
  return sha256(JSON.stringify(content));
}
