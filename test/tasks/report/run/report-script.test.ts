import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { completed, csvOf, jsonOf, recordsOf, wholeJsonOf } from '#tasks/report/run/page/report-script';

const table = {
  columns: [
    { name: 'run', title: 'run' },
    { name: 'top1', title: 'top-1, "share"' },
  ],
  rows: [
    ['a', 0.5],
    ['b, "c"', null],
  ],
};

it('makes CSV with titles, quotes where they are needed, and empty cells for null', () => {
  expect(csvOf(table)).toBe('run,"top-1, ""share"""\r\na,0.5\r\n"b, ""c""",\r\n');
});

it('makes JSON of the rows by field', () => {
  expect(JSON.parse(jsonOf(table))).toEqual({
    columns: table.columns,
    rows: [
      { run: 'a', top1: 0.5 },
      { run: 'b, "c"', top1: null },
    ],
  });
  const whole = JSON.parse(wholeJsonOf({ title: 't', runs: ['a'], figures: [{ id: 'x', charts: [], table }] }));
  expect(whole).toEqual({
    title: 't',
    runs: ['a'],
    figures: { x: { columns: table.columns, rows: recordsOf(table) } },
  });
});

it('gives a chart its rows, the width of its place and colours that follow the style', () => {
  const spec = completed({ layer: [], width: 'container' }, table, 321) as Record<string, unknown>;
  expect(spec).toMatchObject({ layer: [], width: 321, data: { values: recordsOf(table) }, background: 'transparent' });
});

it('imports nothing, since a page has no other module', () => {
  const source = readFileSync(
    new URL('../../../../src/tasks/report/run/page/report-script.ts', import.meta.url),
    'utf8',
  );
  expect(source.match(/^import (?!type )/gm)).toBeNull();
});
