import { expect, it } from 'vitest';
import { conform, record } from '#core/documents/conform';
import { locateYaml } from '#core/documents/document';
import { classNameList, classNameProblems } from '#data/images/class-names';
import { failureOf } from '#test/data/fixtures';

const read = (names: string) =>
  conform(locateYaml('r.yaml', `names: ${names}`), record({ names: classNameList() })).names;

it.each([
  ['[cat, 7]', 'r.yaml:1:14: names[1]: expected a class name in quotes, such as "7"; got 7'],
  ['[true, cat]', 'r.yaml:1:9: names[0]: expected a class name in quotes, such as "true"; got true'],
  ['[~, cat]', 'r.yaml:1:9: names[0]: expected a class name in quotes, such as "null"; got null'],
  ['[[cat]]', 'r.yaml:1:9: names[0]: expected a class name; got ["cat"]'],
  ['["", cat]', 'r.yaml:1:9: names[0]: expected a class name; got ""'],
  ['[" ", cat]', 'r.yaml:1:9: names[0]: expected a class name; got " "'],
  ['["\\u200b\\ufeff"]', 'r.yaml:1:9: names[0]: expected a class name; got "\u200b\ufeff"'],
  ['["a\\nb"]', 'r.yaml:1:9: names[0]: expected a class name on one line, without control characters; got "a\\nb"'],
  [
    '["a\\u2028b"]',
    'r.yaml:1:9: names[0]: expected a class name on one line, without control characters; got "a\\u2028b"',
  ],
  ['[" cat"]', 'r.yaml:1:9: names[0]: expected a class name without blanks around it; got " cat"'],
  ['[cat, dog, cat]', 'r.yaml:1:19: names[2]: expected a name that no other class has, as class 0 does; got cat'],
  ['cat', 'r.yaml:1:8: names: expected a list of class names; got cat'],
])('the class names %s are refused', (names, message) => {
  expect(failureOf(() => read(names)).message).toBe(message);
});

it('names may be quoted numbers, and have commas, bars, quotes and blanks inside', () => {
  const names = ['0', 'T-shirt/top', 'a, b', 'a|b', `O'Neill "x"`, 'two words', 'Cat', 'cat', 'no'];
  expect(read(JSON.stringify(names))).toEqual(names);
  expect(classNameProblems(names)).toEqual([]);
});

it('a letter with an accent is one name, however it is written', () => {
  expect(classNameProblems(['caf\u00e9', 'cafe\u0301'])).toHaveLength(1);
});
