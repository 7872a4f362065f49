import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conform, quantity, text } from '../../src/core/conform.js';
import { locateCsv } from '../../src/core/csv.js';

const read = (lines: string) => locateCsv('t.csv', lines, ['name', 'ms']);

describe('a CSV document', () => {
  it('is a list of records, keyed by the header; numbers are numbers, and empty cells are left out', () => {
    const { value, comments } = read(
      '# measured\n# on a phone\nname,ms,note\na@224,2.5,\n\n b , 1e-3 ,"x, ""y"""\r\n"3",4,-\n',
    );
    expect(value).toEqual([
      { name: 'a@224', ms: 2.5 },
      { name: 'b', ms: 0.001, note: 'x, "y"' },
      { name: '3', ms: 4, note: '-' },
    ]);
    expect(comments).toEqual(['measured', 'on a phone']);
  });

  it('places its cells, its rows and its header', () => {
    const document = read('# c\nname,ms\na,1\nb,fast\n');
    expect(document.at([1, 'ms'], 'wrong')).toEqual({
      file: 't.csv',
      line: 4,
      column: 3,
      path: 'ms',
      message: 'wrong',
    });
    expect(document.at([0], 'wrong')).toEqual({ file: 't.csv', line: 3, column: 1, message: 'wrong' });
    expect(document.at([], 'wrong')).toEqual({ file: 't.csv', line: 2, column: 1, message: 'wrong' });
  });

  it('is checked by a schema, every mistake at its cell', () => {
    const schema = z.array(z.object({ name: text('a name'), ms: quantity('a number of ms > 0', { above: 0 }) }));
    expect(() => conform(read('name,ms,more\na,fast,1\nb,,2\n,-1,3\n'), schema)).toThrow(
      [
        't.csv:2:3: ms: expected a number of ms > 0; got fast',
        't.csv:3:3: ms: missing; expected a number of ms > 0',
        't.csv:4:1: name: missing; expected a name',
        't.csv:4:2: ms: expected a number of ms > 0; got -1',
      ].join('\n'),
    );
  });

  it.each([
    ['', '1:1: expected a header with name,ms; got nothing'],
    ['# only a comment\n', '1:1: expected a header with name,ms; got nothing'],
    ['name,time\na,1', '1:1: expected a header with name,ms; got no ms'],
    ['name,ms,ms\na,1,2', '1:1: expected columns that differ; got ms twice'],
    ['name,ms\na,1,2\nb\n', '2:1: expected 2 cells, as in the header; got 3'],
    ['name,ms\nb\n', '2:1: expected 2 cells, as in the header; got 1'],
    ['name,ms\n"a,1\n', '2:1: expected a cell, in quotes where it holds a comma or a quote; got "a,1'],
    ['name,ms\n1,a"b\n', '2:3: expected a cell, in quotes where it holds a comma or a quote; got a"b'],
  ])('%j is refused', (lines, message) => {
    expect(() => read(lines)).toThrow(`t.csv:${message}`);
  });
});
