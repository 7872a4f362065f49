/** Documents with a SHA-256 of their own content: damage that makes one value into another shows too. */
import { sha256 } from './files.js';

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
