import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateCsv } from '#core/documents/csv';
import { readLatencyTable } from '#networks/cost/latency-table';
import { readMeasurements } from '#tasks/devices/measurements';
import { newFolder } from '#test/data/fixtures';
import { expectFinite, expectNamed, expectPlaced, fuzz, outcomeOf } from './fuzzed.js';
import { mutatedBytes } from './mutated.js';

const folder = newFolder();

const tables = [
  {
    name: 'measured networks',
    text: '# on a phone\nnetwork,resolution,ms,note\nmnv4-conv-s,224,2.4,"a, ""b"""\nmobilenet-v2-0.5x,224,3.9,\n',
    read: (file: string) => expectFinite(readMeasurements(file).rows.map(({ ms }) => ms)),
  },
  {
    name: 'measured layers',
    text: 'signature,ms,count,ms_deviation\nfc 1x1x8>1x1x4,0.25,30,0.01\nconv3 8x8x3>4x4x8 s2,1e-2,,\n',
    read: (file: string) => expectFinite([...readLatencyTable(file).timings.values()]),
  },
];

describe.each(tables)('a table of $name', ({ text, read }) => {
  it('with changed bytes is refused at its place, or valid', () => {
    fuzz(200, mutatedBytes(Buffer.from(text)), (bytes) => {
      const file = join(folder, 'table.csv');
      writeFileSync(file, bytes);
      const outcome = outcomeOf(() => read(file));
      if (!('failure' in outcome)) return;
      expectNamed(outcome.failure, 'config', file);
      expectPlaced(outcome.failure, readFileSync(file, 'utf8'));
    });
  });
});

it.each([
  ['spaces before a quote', `${' '.repeat(500_000)}"x,1`],
  ['digits before a letter', `${'1'.repeat(500_000)}x,1`],
  ['quotes without an end', `"${'""'.repeat(250_000)},1`],
  ['words and spaces', `${'a '.repeat(250_000)}"`],
])('half a megabyte of %s is read in linear time', (_, line) => {
  outcomeOf(() => locateCsv('t', `a,b\n${line}\n`, ['a', 'b']));
});

it('a header of a hundred thousand columns is compared in linear time', () => {
  const header = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
  expect(locateCsv('t', header.join(), ['c0']).value).toEqual([]);
});
