/** Cyclic redundancy checks of 32 bits, eight bytes at a time (Kounavis and Berry, "slicing-by-8"). */

/** Polynomials with the bits reversed. */
const polynomials = { crc32: 0xedb88320, crc32c: 0x82f63b78 } as const;

const slices = 8;

/** slices x 256 remainders: entry [k][b] is that of byte b followed by k zero bytes. */
function tableOf(polynomial: number): Int32Array {
  const table = new Int32Array(slices * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
    table[byte] = remainder;
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256] as number;
    table[i] = (before >>> 8) ^ (table[before & 0xff] as number);
  }
  return table;
}

const tables = { crc32: tableOf(polynomials.crc32), crc32c: tableOf(polynomials.crc32c) };

function remainderOf(bytes: Uint8Array, table: Int32Array): number {
  const at = (i: number) => table[i] as number;
  let crc = -1;
  let i = 0;
  for (; i + slices <= bytes.length; i += slices) {
    const low = crc ^ word(bytes, i);
    const high = word(bytes, i + 4);
    crc =
      at(1792 + (low & 0xff)) ^
      at(1536 + ((low >>> 8) & 0xff)) ^
      at(1280 + ((low >>> 16) & 0xff)) ^
      at(1024 + (low >>> 24)) ^
      at(768 + (high & 0xff)) ^
      at(512 + ((high >>> 8) & 0xff)) ^
      at(256 + ((high >>> 16) & 0xff)) ^
      at(high >>> 24);
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at((crc ^ (bytes[i] as number)) & 0xff);
  return ~crc >>> 0;
}

function word(bytes: Uint8Array, i: number): number {
  const at = (k: number) => bytes[i + k] as number;
  return at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24);
}

/** CRC-32 as in zlib and Parquet. */
export function crc32(bytes: Uint8Array): number {
  return remainderOf(bytes, tables.crc32);
}

/** CRC-32C (Castagnoli). */
export function crc32c(bytes: Uint8Array): number {
  return remainderOf(bytes, tables.crc32c);
}
