import { describe, expect, it } from 'vitest';
import { locateYaml } from '#core/documents/document';
import { parseOverride, withOverrides } from '#core/documents/overrides';
import {
  type RenamedKey,
  withFormerKeys,
  withNewDottedKeys,
  withNewKey,
  withNewKeys,
} from '#core/documents/renamed-keys';
import { formatDiagnostic } from '#core/failure';
import { failureOf } from '#test/data/fixtures';

const renames: readonly RenamedKey[] = [
  { path: ['held'], to: 'validation' },
  { path: ['search', 'pace', 'travel'], to: 'logitTravel' },
];

/** The document and assignments under new names, and the notices about them. */
function read(text: string, ...assignments: string[]) {
  const told: string[] = [];
  const tell = (message: string) => void told.push(message);
  const set = assignments.map((assignment) => withNewKey(parseOverride(assignment), renames, tell));
  return { ...withOverrides(withNewKeys(locateYaml('c.yaml', text), renames, tell), set), told };
}

const former = 'seed: 1\nheld: 5\nsearch: { pace: { travel: 60, delay: 0 } }\n';

describe('a document with keys under former names', () => {
  it('has the values under new names, in the same order, and tells of each', () => {
    const { value, told } = read(former);
    expect(JSON.stringify(value)).toBe('{"seed":1,"validation":5,"search":{"pace":{"logitTravel":60,"delay":0}}}');
    expect(told).toEqual([
      'c.yaml:2:1: held: is called validation now; the former name is still read',
      'c.yaml:3:19: search.pace.travel: is called logitTravel now; the former name is still read',
    ]);
  });

  it('is reported at the place and under the name that stand there', () => {
    const { at } = read(former);
    const where = (...path: string[]) => formatDiagnostic(at(path, 'wrong'));
    expect(where('validation')).toBe('c.yaml:2:7: held: wrong');
    expect(where('search', 'pace', 'logitTravel')).toBe('c.yaml:3:27: search.pace.travel: wrong');
    expect(where('search', 'pace', 'delay')).toBe('c.yaml:3:38: search.pace.delay: wrong');
  });

  it('is refused with a key under both names', () => {
    expect(failureOf(() => read('validation: 1\nheld: 2')).message).toBe(
      'c.yaml:2:1: held: expected this key once; got it under its new name validation too: leave this one out',
    );
  });
});

it('a document under new names gets no notice', () => {
  const { value, told } = read('validation: 5\nsearch: [1]\n');
  expect([value, told]).toEqual([{ validation: 5, search: [1] }, []]);
});

describe('an assignment to a former name', () => {
  it.each([
    ['held=7', 'held: 5'],
    ['held=7', 'validation: 5'],
    ['validation=7', 'held: 5'],
  ])('%s takes the place of %s', (assignment, text) => {
    expect(read(text, assignment).value).toEqual({ validation: 7 });
  });

  it('is renamed inside a mapping that is set', () => {
    const { value, told } = read('seed: 1', 'search={pace: {travel: 3}}');
    expect(value).toEqual({ seed: 1, search: { pace: { logitTravel: 3 } } });
    expect(told).toEqual([
      '--set search={pace: {travel: 3}}: search.pace.travel: is called logitTravel now; the former name is still read',
    ]);
  });

  it('is reported as what was typed', () => {
    const { at } = read(former, 'held=x');
    expect(formatDiagnostic(at(['validation'], 'wrong'))).toBe('--set held=x: validation: wrong');
  });
});

it('values by dotted key get new names where theirs are former ones', () => {
  const kept = { seed: 1, 'search.pace.travel': 60, travel: 2 };
  expect(withNewDottedKeys(kept, renames)).toEqual({ seed: 1, 'search.pace.logitTravel': 60, travel: 2 });
});

it('a plain value can be written under former names, in the same order', () => {
  const { value } = read(former);
  expect(JSON.stringify(withFormerKeys(value as object, renames))).toBe(
    '{"seed":1,"held":5,"search":{"pace":{"travel":60,"delay":0}}}',
  );
});
