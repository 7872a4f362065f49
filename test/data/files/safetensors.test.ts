import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkedSafetensorsParts,
  type NamedTensor,
  parseSafetensors,
  readSafetensors,
  safetensorsParts,
  writeSafetensors,
} from '#data/files/safetensors';
import { failureOf, temporaryFolder } from '#test/jobs/runs/run-fixture';

/** A file's bytes made by hand: header length, header, values. */
function bytesOf(header: unknown, values: readonly number[]): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) data.writeFloatLE(value, 4 * i);
  return Buffer.concat([length, json, data]);
}

const entry = (shape: number[], begin: number, end: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const tensor = (shape: number[], ...values: number[]): NamedTensor => ({ shape, values: Float32Array.from(values) });

describe('safetensors', () => {
  it('are laid out as the format says, byte by byte', () => {
    const tensors = new Map([
      ['a', tensor([2], 1, -2)],
      ['b', tensor([], 0.5)],
    ]);
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Buffer.concat(safetensorsParts(tensors, { k: 'v' }))).toEqual(bytesOf(padded, [1, -2, 0.5]));
  });

  it('hand out the memory of the tensors, not copies', () => {
    const values = new Float32Array(8).subarray(2, 6);
    const [, part] = safetensorsParts(new Map([['a', { shape: [4], values }]])) as [Uint8Array, Uint8Array];
    expect([part.buffer, part.byteOffset, part.length]).toEqual([values.buffer, 8, 16]);
  });

  it('may have any name, such as __proto__', () => {
    const file = join(temporaryFolder(), 'x.safetensors');
    const tensors = new Map([['__proto__', tensor([1], 2)]]);
    writeSafetensors(file, tensors);
    expect(readSafetensors(file).tensors).toEqual(tensors);
  });

  it('come back as they were written, bit by bit', () => {
    const file = join(temporaryFolder(), 'x.safetensors');
    const named = fc.dictionary(fc.string({ minLength: 1 }), fc.array(fc.float(), { maxLength: 5 }));
    fc.assert(
      fc.property(named, (values) => {
        const tensors = new Map(Object.entries(values).map(([name, v]) => [name, tensor([v.length, 1], ...v)]));
        writeSafetensors(file, tensors, { step: '7' });
        expect(readSafetensors(file)).toEqual({ tensors, metadata: { step: '7' } });
      }),
      { numRuns: 50 },
    );
  });

  it('may hold tensors of other dtypes where these are left out', () => {
    const file = bytesOf({ count: entry([], 0, 8, 'I64'), a: entry([1], 8, 12) }, [0, 0, 2]);
    const { tensors } = parseSafetensors('x', file, (name) => name === 'count');
    expect(tensors).toEqual(new Map([['a', tensor([1], 2)]]));
    expect(failureOf(() => parseSafetensors('x', file))).toMatchObject({
      message: 'x: count: expected dtype F32; got "I64"',
    });
    const bad = bytesOf({ count: { dtype: 'I64' } }, []);
    expect(() => parseSafetensors('x', bad, () => true)).toThrow('x: count: expected two offsets; got none');
  });

  it('share the memory of the file where it is aligned, and are copied where not', () => {
    const bytes = new Uint8Array(Buffer.concat(safetensorsParts(new Map([['a', tensor([1], 3)]]))));
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(parseSafetensors('f', bytes).tensors.get('a')?.values.buffer).toBe(bytes.buffer);
    for (const unaligned of [shifted.subarray(1), Buffer.from(shifted.buffer).subarray(1)]) {
      expect(parseSafetensors('f', unaligned).tensors.get('a')?.values).toEqual(Float32Array.of(3));
    }
  });

  it.each([
    ['a file shorter than its header length', Buffer.alloc(5), 'f: expected a header; got 5 bytes in all'],
    [
      'a header that is cut off',
      bytesOf('{}', []).subarray(0, 9),
      'f: expected a header of 2 bytes; got 9 bytes in all',
    ],
    ['a header that is no JSON', bytesOf('{oops', []), 'f: expected a header in JSON'],
    [
      'values that are cut off',
      bytesOf({ a: entry([2], 0, 8) }, [1]),
      'f: a: expected values up to byte 8; got a file cut off at 4',
    ],
    ['values too many', bytesOf({ a: entry([1], 0, 4) }, [1, 2]), 'f: expected 4 bytes of values; got 8'],
    [
      'overlapping tensors',
      bytesOf({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, [1, 2]),
      'f: b: expected its values at byte 8; got 4',
    ],
    ['a gap', bytesOf({ a: entry([1], 4, 8) }, [1, 2]), 'f: a: expected its values at byte 0; got 4'],
    ['another dtype', bytesOf({ a: entry([1], 0, 4, 'F16') }, [1]), 'f: a: expected dtype F32; got "F16"'],
    ['a shape that is none', bytesOf({ a: entry([-1], 0, 4) }, [1]), 'f: a: expected a shape; got [-1]'],
    [
      'offsets that do not fit the shape',
      bytesOf({ a: entry([2], 0, 4) }, [1]),
      'f: a: expected offsets 8 bytes apart for shape [2]; got [0,4]',
    ],
    [
      'a header nested deeper than ours',
      bytesOf(`{"a":${'['.repeat(65)}${']'.repeat(65)}}`, []),
      'f: expected a header in JSON',
    ],
    ['metadata that is no text', bytesOf({ __metadata__: { a: 1 } }, []), 'f: __metadata__: expected texts by name'],
  ])('refuse %s', (_, bytes, message) => {
    const failure = failureOf(() => parseSafetensors('f', bytes));
    expect([failure.kind, failure.message]).toEqual(['data', message]);
  });

  it('need a file that is there', () => {
    expect(failureOf(() => readSafetensors('/nowhere/x')).message).toContain('/nowhere/x: expected a readable file');
  });

  it('leave nothing but the file', () => {
    const folder = temporaryFolder();
    writeSafetensors(join(folder, 'x'), new Map());
    expect(readdirSync(folder)).toEqual(['x']);
  });

  it('are known to be damaged by the checksum that they are written with', () => {
    const bytes = Buffer.concat(checkedSafetensorsParts(new Map([['a', tensor([2], 1, 2)]])));
    bytes[bytes.length - 3] = 1;
    const failure = failureOf(() => parseSafetensors('f', bytes));
    expect([failure.kind, failure.message]).toEqual([
      'data',
      expect.stringMatching(/^f: expected SHA-256 [0-9a-f]{64}; got [0-9a-f]{64}: it is damaged$/),
    ]);
  });
});
