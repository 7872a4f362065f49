/** The header of GIF files: GIF89a specification, section 18. */
import type { StoredHeader } from './stored-header.js';

/** Reads the size of the logical screen, which is that of the first frame. */
export function gifHeader(bytes: Uint8Array): StoredHeader | undefined {
  if (bytes.length < 13) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint16(6, true), height: view.getUint16(8, true), orientation: 1, isCmyk: false };
}
