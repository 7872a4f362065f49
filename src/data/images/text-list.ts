/** Lists of short texts, such as the names of millions of files, in memory that threads share. */
import { inSharedMemory } from '#core/shared-memory';

export interface TextList {
  /** The texts in UTF-8, one after the other. */
  readonly bytes: Uint8Array;
  /** The end of each [n]. */
  readonly ends: Uint32Array;
}

export function textList(texts: readonly string[]): TextList {
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [i, text] of texts.entries()) {
    end += Buffer.byteLength(text);
    ends[i] = end;
  }
  const bytes = new Uint8Array(new SharedArrayBuffer(end));
  const encoder = new TextEncoder();
  for (const [i, text] of texts.entries()) bytes.set(encoder.encode(text), i === 0 ? 0 : ends[i - 1]);
  return { bytes, ends: inSharedMemory(ends) };
}

/** The text at an index; empty if the list is. */
export function textAt({ bytes, ends }: TextList, i: number): string {
  return Buffer.from(bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i])).toString();
}
