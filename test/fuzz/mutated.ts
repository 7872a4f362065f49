/** Damaged files and invented documents, with which the readers of files are fuzzed. */
import fc from 'fast-check';

/** One change to the bytes of a file; places and lengths are shares of it, so shrinking finds the first failure. */
type Change = (bytes: Uint8Array) => Uint8Array;

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const placed = (at: number, { length }: Uint8Array) => Math.floor(at * length);

/** Numbers to try as lengths and counts, in both byte orders, and bytes that are invalid UTF-8. */
const magic: readonly Uint8Array[] = [
  Uint8Array.of(0),
  Uint8Array.of(0xff),
  Uint8Array.of(0xc3, 0x28), // a truncated sequence of two bytes
  Uint8Array.of(0xed, 0xa0, 0x80), // half of a surrogate pair
  Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
  Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
  new Uint8Array(8).fill(0xff),
  new Uint8Array(BigUint64Array.of(2n ** 53n).buffer),
  new Uint8Array(BigUint64Array.of(2n ** 31n).buffer),
  Uint8Array.from(Buffer.from('99999999999')),
  Uint8Array.from(Buffer.from('-1')),
  Uint8Array.from(Buffer.from('null')),
];

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]));
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(share, fc.nat(7)).map(
    ([at, bit]): Change =>
      (bytes) => {
        const flipped = Uint8Array.from(bytes);
        const place = placed(at, bytes);
        if (bytes.length > 0) flipped[place] = (bytes[place] as number) ^ (1 << bit);
        return flipped;
      },
  ),
  fc.tuple(share, fc.constantFrom(...magic)).map(
    ([at, by]): Change =>
      (bytes) => {
        const place = placed(at, bytes);
        return replaced(bytes, place, place + by.length, by);
      },
  ),
  fc.tuple(share, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
    ([at, more]): Change =>
      (bytes) => {
        const place = placed(at, bytes);
        return replaced(bytes, place, place, more);
      },
  ),
  fc.tuple(share, fc.constantFrom(1, 2, 8, 64)).map(
    ([at, length]): Change =>
      (bytes) => {
        const place = placed(at, bytes);
        return replaced(bytes, place, place + length, Uint8Array.of());
      },
  ),
  share.map(
    (at): Change =>
      (bytes) =>
        bytes.slice(0, placed(at, bytes)),
  ),
  fc.tuple(share, share, share).map(
    ([a, b, to]): Change =>
      (bytes) => {
        const [from, until] = [placed(Math.min(a, b), bytes), placed(Math.max(a, b), bytes)];
        const place = placed(to, bytes);
        return replaced(bytes, place, place, bytes.subarray(from, until)); // repeats a part
      },
  ),
  fc.tuple(share, share, fc.nat(64)).map(
    ([from, to, length]): Change =>
      (bytes) => {
        const part = bytes.slice(placed(from, bytes), placed(from, bytes) + length);
        const place = placed(to, bytes);
        return replaced(bytes, place, place + part.length, part); // overwrites a part with another
      },
  ),
);

/** Generates the bytes of a valid file with one to three changes, some of which change nothing. */
export function mutatedBytes(valid: Uint8Array): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((bytes, one) => one(bytes), valid));
  return fc.oneof({ weight: 30, arbitrary: changed }, { weight: 1, arbitrary: fc.constant(Uint8Array.of()) });
}

/** Generates the bytes of a valid file with one bit flipped, and its place. */
export function flippedBit(valid: Uint8Array): fc.Arbitrary<{ at: number; bytes: Uint8Array }> {
  return fc.tuple(fc.nat(valid.length - 1), fc.nat(7)).map(([at, bit]) => {
    const bytes = Uint8Array.from(valid);
    bytes[at] = (bytes[at] as number) ^ (1 << bit);
    return { at, bytes };
  });
}

/** YAML text printed verbatim in a document, since it is no JSON value. */
const rawTexts: readonly string[] = [
  '.nan',
  '.inf',
  '-.inf',
  '1e400',
  '-0',
  '0x1f',
  '0o17',
  '1_000',
  '2001-01-01',
  '~',
  'yes',
  '&a [*a]',
  '&a {a: *a}',
  '[&a x, *a, *b]',
  '{&k a: 1, *k : 2}',
  '[&a [x, x, x, x, x, x, x, x], &b [*a, *a, *a, *a, *a, *a, *a, *a], &c [*b, *b, *b, *b, *b, *b, *b, *b], *c, *c, *c]',
  '{a: 1, a: 2}',
  '{1: a, "1": b}',
  '{__proto__: {polluted: 1}}',
  '{constructor: {prototype: {polluted: 1}}, toString: 1}',
  '{<<: {a: 1}}',
  '{? [a, b] : 1}',
  '{? {a: 1} : 1}',
  '!!binary aGVsbG8=',
  '!!set {a, b}',
  '!!int 3',
  '!!int three',
  '!!float 1',
  '!!str 3',
  '!other 3',
  '!<tag:yaml.org,2002:js/function> x',
  '"\\0"',
  '"\\e[2J"',
  '"\\u2028"',
  `${'['.repeat(66)}${']'.repeat(66)}`,
  '['.repeat(66),
  `${'{a: '.repeat(66)}1${'}'.repeat(66)}`,
  '*nowhere',
  '[1, 2',
  '"open',
  '@',
  '%',
  '`',
];

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    0,
    -1,
    1,
    2,
    3,
    0.5,
    1e-300,
    1e300,
    2 ** 31,
    2 ** 53,
    -(2 ** 53),
    1e9,
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    [1, 1],
    [1, 2],
    'x'.repeat(300),
    '../../x',
    '/dev/null',
    'a b',
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.array(fc.integer({ min: -2, max: 12 }), { maxLength: 6 }),
  fc.constantFrom(...rawTexts).map((raw) => new Raw(raw)),
);

class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Route = readonly (string | number)[];

/** Lists the routes to all values inside a document, the document itself first. */
export function routesIn(value: unknown, route: Route = []): Route[] {
  const inner = typeof value === 'object' && value !== null && !(value instanceof Raw) ? Object.entries(value) : [];
  const isList = Array.isArray(value);
  return [route, ...inner.flatMap(([key, child]) => routesIn(child, [...route, isList ? Number(key) : key]))];
}

/** Returns the document with `edit` applied to the value at a route. */
export function editedAt(value: unknown, [key, ...rest]: Route, edit: (value: unknown) => unknown): unknown {
  if (key === undefined) return edit(value);
  const child = (value as Record<string | number, unknown>)[key];
  if (Array.isArray(value)) return value.map((one, i) => (i === key ? editedAt(child, rest, edit) : one));
  return { ...(value as object), [key]: editedAt(child, rest, edit) };
}

type Edit = (value: unknown) => unknown;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: strange.map(
      (by): Edit =>
        () =>
          by,
    ),
  },
  {
    weight: 1,
    arbitrary: strange.map(
      (by): Edit =>
        (value) => [value, by],
    ),
  },
  {
    weight: 1,
    arbitrary: strange.map(
      (by): Edit =>
        (value) =>
          isMapping(value) ? { ...value, more: by } : { value },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(share, fc.constantFrom(undefined, 'x', '__proto__', 'constructor', 'toString', 'kind', 'name'))
      .map(
        ([at, name]): Edit =>
          (value) =>
            withoutOne(value, at, name),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(2, 40).map(
      (times): Edit =>
        (value) =>
          repeated(value, times),
    ),
  },
);

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Raw);
}

/** Removes or renames one of its entries. */
function withoutOne(value: unknown, at: number, name: string | undefined): unknown {
  if (Array.isArray(value)) return value.filter((_, i) => i !== Math.floor(at * value.length));
  if (!isMapping(value)) return value;
  const entries = Object.entries(value);
  const gone = Math.floor(at * entries.length);
  return Object.fromEntries(
    entries.flatMap(([key, child], i) => (i !== gone ? [[key, child]] : name === undefined ? [] : [[name, child]])),
  );
}

function repeated(value: unknown, times: number): unknown {
  if (Array.isArray(value)) return Array.from({ length: times }, () => value).flat();
  return Array.from({ length: times }, () => value);
}

/** Generates the text of a valid document with one or two values replaced, removed, renamed or repeated. */
export function mutatedDocument(valid: unknown): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(share, edit), { minLength: 1, maxLength: 2 })
    .map((edits) =>
      edits.reduce((document, [at, one]) => {
        const routes = routesIn(document);
        return editedAt(document, routes[Math.floor(at * routes.length)] as Route, one);
      }, valid),
    )
    .map((document) => `${printed(document)}\n`);
}

/** Prints the document as JSON, which YAML reads too, with verbatim text in it. */
export function printed(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (!isMapping(value)) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, child]) => `${JSON.stringify(key)}: ${printed(child)}`)
    .join(', ')}}`;
}
