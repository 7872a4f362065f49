import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32, crc32c } from '#data/images/formats/shards/crc';

/** The remainder bit by bit. */
function slowly(bytes: Uint8Array, polynomial: number): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
  }
  return ~crc >>> 0;
}

it('the checks of 123456789 are those of the standards', () => {
  const digits = Buffer.from('123456789');
  expect(crc32(digits)).toBe(0xcbf43926);
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa); // RFC 3720, B.4
});

it('the checks of any bytes are those computed bit by bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(crc32(bytes)).toBe(slowly(bytes, 0xedb88320));
      expect(crc32c(bytes)).toBe(slowly(bytes, 0x82f63b78));
    }),
  );
});
