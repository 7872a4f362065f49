import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateYaml } from '#core/documents/document';
import { environmentOverrides, parseOverride, withOverrides } from '#core/documents/overrides';
import { formatDiagnostic } from '#core/failure';
import { failureOf } from '#test/data/fixtures';

const text = `seed: 1
search: { steps: 10 }
cost:
  - { cost: macs, target: 5 }
`;

function set(...assignments: string[]) {
  return withOverrides(
    locateYaml('c.yaml', text),
    assignments.map((assignment) => parseOverride(assignment)),
  );
}

describe('an assignment', () => {
  it.each([
    ['a.b=1', ['a', 'b'], 1],
    ['cost[0].target=2.5', ['cost', 0, 'target'], 2.5],
    ['cost.0.target=2', ['cost', 0, 'target'], 2],
    ['name=x=y', ['name'], 'x=y'],
    ['list=[1, 2]', ['list'], [1, 2]],
    ['map={a: true}', ['map'], { a: true }],
    ['text="3"', ['text'], '3'],
    ['gone=', ['gone'], null],
  ])('%s has a path and a value in YAML', (assignment, path, value) => {
    expect(parseOverride(assignment)).toEqual({ path, value, origin: `--set ${assignment}` });
  });

  it.each(['steps', '=3', '.=3', 'a..b=3', 'a[b]=3', 'a]=3', 'a[0=3'])('%j is refused', (assignment) => {
    const failure = failureOf(() => parseOverride(assignment));
    expect([failure.kind, failure.message]).toEqual(['usage', `--set: expected a.b=value; got ${assignment}`]);
  });

  it.each(['a=&x [*x]', 'a=!!binary aGVsbG8=', 'a={b: 1, b: 2}', `a=${'['.repeat(65)}`])(
    'with a value that plain YAML has not is refused: %s',
    (assignment) => {
      expect(failureOf(() => parseOverride(assignment)).kind).toBe('usage');
    },
  );

  it('with a value that is no YAML is refused on one line', () => {
    const failure = failureOf(() => parseOverride('a={b'));
    expect(failure.kind).toBe('usage');
    expect(failure.message).toMatch(/^--set a=\{b: expected YAML; got: .+$/);
    expect(failure.message).not.toContain('\n');
  });
});

it('assignments in the environment are separated by semicolons', () => {
  expect(environmentOverrides(' a=1; b.c=x ;')).toEqual([
    { path: ['a'], value: 1, origin: 'MNV4_SET a=1' },
    { path: ['b', 'c'], value: 'x', origin: 'MNV4_SET b.c=x' },
  ]);
  expect(environmentOverrides(undefined)).toEqual([]);
  expect(failureOf(() => environmentOverrides('a')).message).toBe('MNV4_SET: expected a.b=value; got a');
});

describe('a document with assignments', () => {
  it('has their values, the last winning, new parts made on the way', () => {
    expect(set('search.steps=2', 'search.steps=3', 'fine.weights.l2=0', 'cost[1]={cost: params}').value).toEqual({
      seed: 1,
      search: { steps: 3 },
      cost: [{ cost: 'macs', target: 5 }, { cost: 'params' }],
      fine: { weights: { l2: 0 } },
    });
  });

  it('leaves the one that it was made from alone', () => {
    const located = locateYaml('c.yaml', text);
    withOverrides(located, [parseOverride('search.steps=3'), parseOverride('cost[0].target=6')]);
    expect(located.value).toEqual({ seed: 1, search: { steps: 10 }, cost: [{ cost: 'macs', target: 5 }] });
  });

  it('reports mistakes in each value at its origin', () => {
    const located = set('search={steps: 3, batch: 4}', 'search.batch=5');
    const where = (...path: PropertyKey[]) => formatDiagnostic(located.at(path, 'wrong'));
    expect(where('seed')).toBe('c.yaml:1:7: seed: wrong');
    expect(where('cost', 0, 'target')).toBe('c.yaml:4:27: cost[0].target: wrong');
    expect(where('search', 'steps')).toBe('--set search={steps: 3, batch: 4}: search.steps: wrong');
    expect(formatDiagnostic(set('sarch.steps=9').at(['sarch'], 'wrong', 'key'))).toBe(
      '--set sarch.steps=9: sarch: wrong',
    );
    expect(where('search', 'batch')).toBe('--set search.batch=5: search.batch: wrong');
  });

  it.each([
    ['seed.x=1', '--set seed.x=1: seed: expected a key with parts; got the value 1'],
    ['cost.first=1', '--set cost.first=1: cost: expected the number of an entry, from 0 to 1; got first'],
    ['__proto__.x=1', '--set __proto__.x=1: expected another key; got __proto__'],
    ['seed.constructor=1', '--set seed.constructor=1: seed: expected a key with parts; got the value 1'],
    ['cost[3].target=1', '--set cost[3].target=1: cost: expected the number of an entry, from 0 to 1; got 3'],
  ])('%s is refused', (assignment, message) => {
    const failure = failureOf(() => set(assignment));
    expect([failure.kind, failure.message]).toEqual(['config', message]);
  });

  it('stays unchanged if it is no mapping, which the schema check reports', () => {
    expect(withOverrides(locateYaml('c.yaml', ''), [parseOverride('a=1')]).value).toBeNull();
    expect(withOverrides(locateYaml('c.yaml', 'text'), [parseOverride('a=1')]).value).toBe('text');
  });
});

it('a key with the name of an inherited property of objects is a key like any other', () => {
  const { value } = set('constructor.prototype.x=1', 'toString=2');
  expect(value).toMatchObject({ seed: 1, toString: 2 });
  expect(Object.hasOwn(value as object, 'constructor')).toBe(true);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

it('any number set is the number read', () => {
  const key = fc.stringMatching(/^[a-z]{1,8}$/);
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), fc.integer(), (path, value) => {
      const { value: read } = withOverrides(locateYaml('c.yaml', '{}'), [parseOverride(`${path.join('.')}=${value}`)]);
      expect(path.reduce((inner, part) => (inner as Record<string, unknown>)[part] as object, read as object)).toBe(
        value,
      );
    }),
  );
});
