/** Decodes bytes to text, and maps offsets into a text to lines and columns. */
import { constants, isUtf8 } from 'node:buffer';
import { Failure, type FailureKind } from '#core/failure';
import { binaryKind } from './file-kind.js';

const control = /(?![\t\n\r])\p{Cc}/u;

/**
 * The UTF-8 text of a file's bytes, without a byte order mark. Bytes that are not UTF-8 and control characters are a
 * failure of that `kind`, with line and column.
 */
export function decodedText(file: string, bytes: Uint8Array, kind: FailureKind, remedy?: string): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new Failure(
      kind,
      { file, message: `expected text; got ${bytes.length} bytes, more than fit into one` },
      remedy,
    );
  }
  const text = utf8(bytes);
  const at = isUtf8(bytes) ? text.search(control) : text.indexOf('\ufffd');
  if (at < 0) return text.replace(/^\ufeff/, '');
  const other = isUtf8(bytes) ? `the control character ${codeOf(text, at)}` : 'bytes of another encoding or of no text';
  const message = `expected UTF-8 text; got ${binaryKind(bytes) ?? other}`;
  throw new Failure(kind, { file, ...placesIn(text)(at), message }, remedy);
}

/** Converts UTF-16 with a byte order mark to UTF-8; returns all other bytes unchanged. */
export function asUtf8(bytes: Uint8Array): Uint8Array {
  const encoding = { fffe: 'utf-16le', feff: 'utf-16be' }[Buffer.from(bytes.subarray(0, 2)).toString('hex')];
  try {
    return encoding === undefined ? bytes : Buffer.from(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return bytes;
  }
}

/** Decodes bytes as UTF-8, with U+FFFD in place of invalid ones. */
export function utf8({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

export interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** Maps offsets into a text to lines and columns; lines may end in LF, CR LF or CR. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
  return (offset) => {
    let [low, high] = [0, starts.length - 1]; // search for the last line that starts at or before the offset
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}

function codeOf(text: string, at: number): string {
  return `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
}
