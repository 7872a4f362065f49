import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conform, flag, integer, quantity, record, word } from '#core/documents/conform';
import { locateYaml } from '#core/documents/document';
import { parseOverride, withOverrides } from '#core/documents/overrides';
import { leadingZeroProblem, meantByHabit } from '#core/documents/yaml-habits';

describe('a text that YAML 1.1 reads otherwise', () => {
  it.each([
    ['yes', 'boolean', 'true'],
    ['On', 'boolean', 'true'],
    ['NO', 'boolean', 'false'],
    ['n', 'boolean', 'false'],
    ['1_000', 'number', '1000'],
    ['-1_0.5', 'number', '-10.5'],
    ['0b101', 'number', '5'],
    ['0x_1F', 'number', '31'],
    ['1:30', 'number', '90'],
    ['-1:00:30', 'number', '-3630'],
    ['fast', 'number', undefined],
    ['3', 'number', undefined],
    ['1:75', 'number', undefined],
    ['0_10', 'number', undefined],
    ['_', 'number', undefined],
    ['maybe', 'boolean', undefined],
  ] as const)('%s means as a %s %s', (text, wanted, meant) => {
    expect(meantByHabit(text, wanted)).toBe(meant);
  });

  it('is told what to write where a number or a truth value is expected, alone or among others', () => {
    const schema = record({
      a: flag(),
      b: integer('a count from 1'),
      c: z.union([quantity('a size'), z.array(quantity('a size'), { error: 'a list of sizes' })]),
      d: word('x', 'y'),
    });
    const located = locateYaml('d.yaml', 'a: yes\nb: 1_000\nc: 1:30\nd: yes');
    expect(() => conform(located, schema)).toThrow(
      [
        'd.yaml:1:4: a: expected true or false; got yes, a text in YAML 1.2: write true',
        'd.yaml:2:4: b: expected a count from 1; got 1_000, a text in YAML 1.2: write 1000',
        'd.yaml:3:4: c: expected a size, or a list of sizes; got 1:30, a text in YAML 1.2: write 90',
        'd.yaml:4:4: d: expected one of x, y; got yes',
      ].join('\n'),
    );
  });

  it('is told so from the command line too', () => {
    const located = withOverrides(locateYaml('d.yaml', 'a: true'), [parseOverride('a=off')]);
    expect(() => conform(located, record({ a: flag() }))).toThrow(
      '--set a=off: a: expected true or false; got off, a text in YAML 1.2: write false',
    );
    expect(() => parseOverride('a=010')).toThrow('--set a=010: expected a number without leading zeros');
  });
});

it.each(['0', '10', '0o10', '0x10', '0.5', '1e05', '-0'])('%s has no leading zeros', (source) => {
  expect(leadingZeroProblem(source)).toBeUndefined();
});
