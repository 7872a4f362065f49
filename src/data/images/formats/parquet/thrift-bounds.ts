/**
 * Checks a struct in Thrift's compact protocol before hyparquet reads it, which takes memory for the lengths that a
 * damaged file claims.
 */

const types = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
} as const;

const deepest = 24; // levels; the footer has ten
const mostElements = 1e7; // of all lists and structs

/** Throws an Error if a struct is deeper or larger than any sound one, or goes beyond the bytes. */
export function requireBounded(bytes: Uint8Array): void {
  new Walk(bytes).struct(0);
}

class Walk {
  readonly #bytes: Uint8Array;
  #at = 0;
  #elements = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  struct(depth: number): void {
    if (depth > deepest) throw new Error(`over ${deepest} levels`);
    for (let head = this.#byte(); (head & 0x0f) !== 0; head = this.#byte()) {
      if (head >> 4 === 0) this.#varint(); // the field's number
      const type = head & 0x0f;
      if (type !== types.true && type !== types.false) this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): void {
    this.#count(1);
    if (type === types.byte) this.#skip(1);
    else if (type === types.i16 || type === types.i32 || type === types.i64) this.#varint();
    else if (type === types.double) this.#skip(8);
    else if (type === types.binary) this.#skip(this.#varint());
    else if (type === types.list) this.#list(depth + 1);
    else if (type === types.struct) this.struct(depth + 1);
    else throw new Error(`a value of type ${type}`);
  }

  #list(depth: number): void {
    if (depth > deepest) throw new Error(`over ${deepest} levels`);
    const head = this.#byte();
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    this.#count(size);
    if (size > this.#bytes.length - this.#at) throw new Error(`a list of ${size} elements`);
    const type = head & 0x0f;
    const isBoolean = type === types.true || type === types.false;
    for (let i = 0; i < size; i++) this.#value(isBoolean ? types.byte : type, depth);
  }

  #count(elements: number): void {
    this.#elements += elements;
    if (this.#elements > mostElements) throw new Error(`over ${mostElements} elements`);
  }

  #byte(): number {
    this.#skip(1);
    return this.#bytes[this.#at - 1] as number;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error('an integer of over 70 bits');
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error(`the end after ${this.#bytes.length} bytes`);
  }
}
