import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifestText } from '#tasks/cluster/kubernetes/manifest';

const misread = [
  ...['12:30:00', '1:20', 'on', 'Off', 'y', 'N', 'yes', 'no', 'true', 'null', '~', '', '1_000', '0o17', '0o_7', '017'],
  ...[
    '0x1F',
    '0b11',
    '1e3',
    '1E+3',
    '.5',
    '1.',
    '+1',
    '-0',
    '.inf',
    'NaN',
    '.nan',
    '2001-12-14',
    '=',
    '<<',
    '*x',
    '&x',
  ],
  ...['!x', '%x', '@x', '`x', '- a', 'a: b', 'a #b', '#a', '"q"', "'", ' x', 'x ', 'a\nb', ' a\nb', 'a\n', 'a\n\n'],
  ...[
    'a\tb',
    'a\rb',
    '\u0001',
    '\u0085',
    'a\u2028b',
    '\ufeffx',
    '\u{1f600}',
    '\u{e0000}',
    'é',
    '---',
    '...',
    '0 3 * * 0',
  ],
];
const manifestOf = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data });
const asRead = (text: string, version: '1.1' | '1.2') => parse(text, { version, merge: false });

it('reads back as the same strings by the rules of YAML 1.1 and 1.2, as values and as keys', () => {
  const manifest = manifestOf({ list: misread, ...Object.fromEntries(misread.map((text) => [text, text])) });
  const text = manifestText([manifest], ['a comment']);
  for (const version of ['1.1', '1.2'] as const) expect(asRead(text, version)).toEqual(manifest);
});

it('reads back any text', () => {
  const strings = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9a-fox_.:+eE-]{1,8}$/));
  fc.assert(
    fc.property(fc.array(strings, { minLength: 20, maxLength: 20 }), (texts) => {
      const manifest = manifestOf({ texts });
      const text = manifestText([manifest], []);
      for (const version of ['1.1', '1.2'] as const) expect(asRead(text, version)).toEqual(manifest);
    }),
    { numRuns: 20 },
  );
});

it('quotes whatever does not start like a word, and leaves texts of several lines readable', () => {
  const text = manifestText([manifestOf({ a: 'pixel-6-cpu', b: '1x', c: 'first: 1\nsecond: é\n' })], []);
  expect(text.split('\n').slice(4)).toEqual([
    'data:',
    '  a: pixel-6-cpu',
    '  b: "1x"',
    '  c: |',
    '    first: 1',
    '    second: é',
    '',
  ]);
});

it('prints each manifest as a document, without anchors for what two places share', () => {
  const shared = { app: 'x' };
  const one = { ...manifestOf({}), metadata: { name: 'x', labels: shared }, spec: { selector: shared } };
  const text = manifestText([one, one], []);
  expect(text).not.toMatch(/[&*]/);
  expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual([one, one]);
});
