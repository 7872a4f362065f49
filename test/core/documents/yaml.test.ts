import { describe, expect, it } from 'vitest';
import { locateYaml } from '#core/documents/document';
import { failureOf } from '#test/data/fixtures';

const refusal = (text: string) => {
  const failure = failureOf(() => locateYaml('d.yaml', text));
  expect(failure.kind).toBe('config');
  return failure.message;
};

const copies = (n: number) => `a: &a [x]\nb: [${Array(n).fill('*a').join()}]`;

describe('YAML', () => {
  it.each([
    ['nested in 65 lists', `${'['.repeat(65)}${']'.repeat(65)}`, '1:65: expected at most 64 levels; got more'],
    ['nested in 65 mappings', `${'{a: '.repeat(65)}1${'}'.repeat(65)}`, '1:257: expected at most 64 levels'],
    ['nested in 65 lists of a line', `${'- '.repeat(65)}1`, '1:129: expected at most 64 levels'],
    ['with a list inside itself', 'a: &a [*a]', '1:8: expected an alias of a finished value; got *a inside itself'],
    [
      'with a mapping inside itself',
      'a: &a\n  b: *a',
      '2:6: expected an alias of a finished value; got *a inside itself',
    ],
    ['with an alias of nothing', 'a: *b', '1:4: expected an anchor before it; got the alias *b'],
    ['with a hundred aliases of a list', copies(100), '2:5: expected fewer than 100 copies by aliases; got: Excessive'],
    ['with a key twice', 'a: 1\nb: 2\na: 3', '3:1: expected each key once; got a again'],
    ['with a key twice that reads the same', '1: a\n"1": b', '2:1: expected each key once; got 1 again'],
    ['with a key by its alias', '&a name: x\n*a : y', '2:1: expected a word as key; got something else'],
    ['with a list as key', '? [a]\n: 1', '1:3: expected a word as key; got something else'],
    ['without a key', ': 1', '1:1: expected a word as key; got something else'],
    ['with the key __proto__', 'a: { __proto__: { b: 1 } }', '1:6: expected another key; got __proto__'],
    ['with a tag that nobody knows', 'a: !other 3', '1:4: expected YAML; got: Unresolved tag: !other'],
    ['with bytes', 'a: !!binary aGVsbG8=', '1:4: expected YAML; got: Unresolved tag: tag:yaml.org,2002:binary'],
    ['with a number that is none', 'a: !!int three', '1:4: expected YAML; got: Unresolved tag'],
    ['of another version', '%YAML 9.9\n---\na: 1', '1:7: expected YAML; got: Unsupported YAML version 9.9'],
    ['of two documents', 'a: 1\n---\nb: 2', '2:1: expected one YAML document; got another behind it'],
    ['without its end', 'a: "b', '1:6: expected YAML; got: Missing closing "quote'],
  ])('%s is refused at its place', (_, text, message) => {
    expect(refusal(text)).toContain(`d.yaml:${message}`);
  });

  it('that YAML 1.1 reads as other numbers, keys or a whole other document is refused, with what to write', () => {
    const number = 'expected a number without leading zeros, which YAML 1.1 takes for octal; got';
    expect(refusal('a: 010')).toBe(
      `d.yaml:1:4: ${number} 010: write 10, or 8 where that was octal, or "010" for a text`,
    );
    expect(refusal('a: [1, -017]')).toContain(`1:8: ${number} -017: write -17, or -15 where that was octal`);
    expect(refusal('a: 01')).toBe(`d.yaml:1:4: ${number} 01: write 1, or "01" for a text`);
    expect(refusal('- 08')).toContain(`1:3: ${number} 08: write 8, or "08" for a text`);
    expect(refusal('b: &b { c: 1 }\na:\n  <<: *b')).toContain(
      '3:3: expected the keys themselves; got the merge key <<',
    );
    expect(refusal('%YAML 1.1\n---\na: 1')).toContain(
      '1:1: expected YAML 1.2; got the directive %YAML 1.1: leave it out',
    );
    expect(refusal('a: !!float 3')).toContain('Unresolved tag: tag:yaml.org,2002:float: leave the tag out');
  });

  it('of version 1.2 keeps its meaning: words are texts, octal numbers have an o, and quoted keys are keys', () => {
    const text = '%YAML 1.2\n---\na: yes\nb: 0o10\nc: 0\nd: 0.5\ne: "010"\nf: !!str 010\n"<<": 1e3\ng: .5\nh: 0x10';
    const value = { a: 'yes', b: 8, c: 0, d: 0.5, e: '010', f: '010', '<<': 1000, g: 0.5, h: 16 };
    expect(locateYaml('d.yaml', text).value).toEqual(value);
  });

  it('may end its lines as any system does, and keeps its places', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const located = locateYaml('d.yaml', ['a: 1', 'b:', '  c: 2', ''].join(end));
      expect(located.value).toEqual({ a: 1, b: { c: 2 } });
      expect(located.at(['b', 'c'], 'here')).toMatchObject({ line: 3, column: 6 });
    }
  });

  it('with one mistake gets one report, not one for each token after it', () => {
    expect(refusal('a: b: c\nd: 1\ne: 2\nf: >-\n  text\n  more\ng: 3\n').split('\n')).toHaveLength(1);
  });

  it('with very many mistakes gets reports of the first hundred and the number of the others', () => {
    const lines = refusal(Array(5000).fill('a: 1').join('\n')).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([101, 'd.yaml:101:1: and 4899 more mistakes']);
  });

  it('may use aliases a usual number of times', () => {
    const { value } = locateYaml('d.yaml', 'a: &a { k: 1 }\nb: [*a, *a]');
    expect(value).toEqual({ a: { k: 1 }, b: [{ k: 1 }, { k: 1 }] });
    expect((locateYaml('d.yaml', copies(99)).value as { b: unknown[] }).b).toHaveLength(99);
  });

  it('with two thousand keys is read, the last of them compared with all others', () => {
    const text = Array.from({ length: 2000 }, (_, i) => `a${i}: 1`).join('\n');
    expect(Object.keys(locateYaml('d.yaml', text).value as object)).toHaveLength(2000);
    expect(refusal(`${text}\na0: 1`)).toBe('d.yaml:2001:1: expected each key once; got a0 again');
  });
});
