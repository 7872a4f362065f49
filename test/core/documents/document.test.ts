import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conform, flag, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { formatPath, locateYaml, readText } from '#core/documents/document';
import { shown } from '#core/shown';
import { failureOf, newFolder } from '#test/data/fixtures';

const shape = z.discriminatedUnion(
  'kind',
  [
    record({ kind: z.literal('circle'), radius: quantity('a radius > 0', { above: 0 }) }),
    record({
      kind: z.literal('box'),
      width: integer('a width from 1 to 9', 1, 9),
      height: integer('a height').optional(),
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'one of circle, box' : 'a shape') },
);

const schema = record({
  name: text('a name'),
  colour: word('red', 'green').optional(),
  filled: flag().default(false),
  size: z.union([integer('a size'), list(integer('a size'), 'a list of sizes')]).optional(),
  shapes: list(shape, 'a list of shapes').optional(),
  place: z
    .union([record({ folder: text('a folder') }), record({ url: text('an address') })], {
      error: '{ folder } or { url }',
    })
    .optional(),
});

/** The diagnostics of a document, one per line. */
function mistakes(content: string): string[] {
  const failure = failureOf(() => conform(locateYaml('d.yaml', content), schema));
  expect(failure.exitCode).toBe(3);
  return failure.message.split('\n');
}

describe('a document that conforms', () => {
  it('is its value, defaults filled in', () => {
    expect(conform(locateYaml('d.yaml', 'name: a\nsize: [1, 2]'), schema)).toEqual({
      name: 'a',
      filled: false,
      size: [1, 2],
    });
  });

  it('may be JSON, and may use anchors', () => {
    expect(conform(locateYaml('d.json', '{"name": "a", "filled": true}'), schema)).toEqual({ name: 'a', filled: true });
    const content = 'name: a\nshapes: [&b { kind: circle, radius: 1 }, *b]';
    expect(conform(locateYaml('d.yaml', content), schema).shapes).toHaveLength(2);
  });
});

describe('what is wrong', () => {
  it('is told all at once, in the order of the file', () => {
    expect(
      mistakes(`shapes:
  - { kind: circle, radius: -1 }
  - { kind: box }
colour: blue
filled: maybe
`),
    ).toEqual([
      'd.yaml:1:1: name: missing; expected a name',
      'd.yaml:2:29: shapes[0].radius: expected a radius > 0; got -1',
      'd.yaml:3:5: shapes[1].width: missing; expected a width from 1 to 9',
      'd.yaml:4:9: colour: expected one of red, green; got blue',
      'd.yaml:5:9: filled: expected true or false; got maybe',
    ]);
  });

  it.each([
    [
      'an unknown key, with the one it is like',
      'naem: a\nname: b',
      'd.yaml:1:1: naem: unknown key; did you mean name?',
    ],
    [
      'a key of another option of a union',
      'name: a\nshapes: [{ kind: circle, radius: 1, width: 2 }]',
      'd.yaml:2:37: shapes[0].width: unknown key',
    ],
    [
      'an unknown kind',
      'name: a\nshapes: [{ kind: sphere }]',
      'd.yaml:2:18: shapes[0].kind: expected one of circle, box; got sphere',
    ],
    [
      'a value where a mapping is expected',
      'name: a\nshapes: [circle]',
      'd.yaml:2:10: shapes[0]: expected a shape; got circle',
    ],
    [
      'a value that fits no option of a union',
      'name: a\nsize: big',
      'd.yaml:2:7: size: expected a size, or a list of sizes; got big',
    ],
    [
      'an entry of the option that was meant',
      'name: a\nsize: [1, big]',
      'd.yaml:2:11: size[1]: expected a size; got big',
    ],
    ['an empty list', 'name: a\nshapes: []', 'd.yaml:2:9: shapes: expected a list of shapes of at least 1; got []'],
    [
      'both options of a union at once, without advising the key itself',
      'name: a\nplace: { folder: f, url: u }',
      'd.yaml:2:21: place.url: unknown key',
    ],
    ['none of the options', 'name: a\nplace: here', 'd.yaml:2:8: place: expected a mapping; got here'],
    ['a document of another form', '- a', 'd.yaml:1:1: expected a mapping; got ["a"]'],
    ['an empty document', '# nothing', 'd.yaml:1:1: expected a mapping; got null'],
    ['an empty name', 'name: ""', 'd.yaml:1:7: name: expected a name; got ""'],
    [
      'a number in quotes, shown with them',
      'name: a\nsize: "3"',
      'd.yaml:2:7: size: expected a size, or a list of sizes; got "3"',
    ],
  ])('is told of %s', (_, content, message) => {
    expect(mistakes(content)).toEqual([message]);
  });

  it('is told of YAML itself, with its place', () => {
    const syntax = failureOf(() => locateYaml('d.yaml', 'a: [1\nb: 2'));
    expect([syntax.kind, syntax.message.split('\n')[0]]).toEqual([
      'config',
      expect.stringMatching(/^d\.yaml:2:1: expected YAML; got: /),
    ]);
    expect(failureOf(() => locateYaml('d.yaml', 'a: 1\na: 2')).message).toBe(
      'd.yaml:2:1: expected each key once; got a again',
    );
  });

  it('is told of a file that cannot be read', () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'd.yaml'));
    expect(failureOf(() => readText(join(folder, 'none.yaml'))).message).toMatch(
      /: expected a readable file; got no such file \(ENOENT\)$/,
    );
    expect(failureOf(() => readText(join(folder, 'd.yaml'), 'data'))).toMatchObject({ kind: 'data' });
    writeFileSync(join(folder, 'e.yaml'), 'name: a');
    expect(readText(join(folder, 'e.yaml'))).toBe('name: a');
  });
});

describe('very many mistakes', () => {
  it('are reported up to a hundred, both in lists and for keys', () => {
    const wrong = Array.from({ length: 40_000 }, () => 'x').join();
    const keys = Array.from({ length: 5000 }, (_, i) => `a${i}: 1`).join('\n');
    for (const content of [`name: a\nsize: [${wrong}]`, `name: a\n${keys}`])
      expect(mistakes(content)).toHaveLength(100);
  });
});

it('a path reads as one writes it', () => {
  expect(formatPath(['stages', 2, 'blocks', 0, 'kernel'])).toBe('stages[2].blocks[0].kernel');
  expect(formatPath([])).toBe('');
  expect(formatPath(['a\nb', '\u001b[2J'])).toBe('"a\\nb"."\\u001b[2J"');
});

it('values are shown short and told from words', () => {
  expect(
    ['a b', '3', 'true', 3, null, undefined, { a: 1 }, 'x'.repeat(80), 'a\nb\u001b\u2028', Number.NaN].map(shown),
  ).toEqual([
    'a b',
    '"3"',
    '"true"',
    '3',
    'null',
    'nothing',
    '{"a":1}',
    `${'x'.repeat(57)}...`,
    '"a\\nb\\u001b\\u2028"',
    'NaN',
  ]);
});
