import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { conform, quantity, text } from '#core/documents/conform';
import { locateCsv, readCsv } from '#core/documents/csv';
import { failureOf, newFolder } from '#test/data/fixtures';

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

  it.each([
    ['semicolons and decimal commas', 'name;ms\r\na;2,5\r\nb;1.234,5\r\n'],
    ['tabs and decimal commas', 'name\tms\na\t2,5\nb\t1234,5\n'],
    ['semicolons and decimal points', 'name;ms\na;2.5\nb;1,234.5\n'],
    ['carriage returns alone', 'name,ms\ra,2.5\rb,1234.5\r'],
    ['a line that names the separator', 'sep=|\r\nname|ms\r\na|2.5\r\nb|1234.5\r\n'],
    ['a line that names the separator, quoted with others behind it', '"sep=;";\nname;ms\na;2,5\nb;1234,5\n'],
    ['numbers in quotes, with thousands and points', 'name,ms\na,"2.5"\nb,"1,234.5"\n'],
    ['numbers in quotes, with decimal commas', '"name","ms"\n"a","2,5"\n"b","1 234,5"\n'],
    ['empty cells behind the last column, and empty rows', 'name,ms,,\na,2.5,,\n,,,\nb,1234.5,,\n,,,\n'],
    ['a header in capitals and blanks', ' Name , MS\u00a0\na,2.5\nb,1234.5\n'],
    ['typographic quotes', '“name”,“ms”\n“a”,“2.5”\nb,1234.5\n'],
    ['spaces and apostrophes between thousands', "name;ms\na;2.5\nb;1'234.5\n"],
    ['narrow spaces between thousands', 'name;ms\na;2,5\nb;1\u202f234,5\n'],
  ])('with %s is what it says', (_, text) => {
    const { value } = locateCsv('t.csv', text, ['name', 'ms'], ['ms']);
    expect(value).toEqual([
      { name: 'a', ms: 2.5 },
      { name: 'b', ms: 1234.5 },
    ]);
  });

  it('may have line breaks within quotes and any line ends, and keeps its places', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const document = read(['# c', 'name,note,ms', 'a,"one', 'two",1', 'b,,2', ''].join(end));
      expect(document.value).toEqual([
        { name: 'a', note: `one${end}two`, ms: 1 },
        { name: 'b', ms: 2 },
      ]);
      expect(document.at([0, 'ms'], 'here')).toMatchObject({ line: 4, column: 6 });
      expect(document.at([1, 'ms'], 'here')).toMatchObject({ line: 5, column: 4 });
    }
  });

  it('keeps a comment that a spreadsheet put into quotes, and a name behind the header that begins with #', () => {
    const { value, comments } = read('"# host, 1 thread",\nname,ms\n"#1.yaml",2\n');
    expect([value, comments]).toEqual([[{ name: '#1.yaml', ms: 2 }], ['host, 1 thread']]);
  });

  it('in UTF-16 with a byte order mark is read, and in an encoding that nothing tells refused', () => {
    const file = join(newFolder(), 't.csv');
    const text = '\ufeffname;ms\r\nf\u00fcr;2,5\r\n';
    const encoded = Buffer.from(text, 'utf16le');
    for (const bytes of [encoded, Buffer.from(encoded).swap16(), Buffer.from(text)]) {
      writeFileSync(file, bytes);
      expect(readCsv(file, ['name', 'ms'], ['ms']).value).toEqual([{ name: 'f\u00fcr', ms: 2.5 }]);
    }
    writeFileSync(file, Buffer.from(text.slice(1), 'latin1'));
    const failure = failureOf(() => readCsv(file, ['name', 'ms']));
    expect(failure.message).toBe(`${file}:2:2: expected UTF-8 text; got bytes of another encoding or of no text`);
    expect(failure.remedy).toContain('CSV UTF-8');
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
    ['name;ms\n1;a"b\n', '2:3: expected a cell, in quotes where it holds a semicolon or a quote; got a"b'],
    [
      'name,ms\na,2,5\n',
      '2:1: expected 2 cells, as in the header; got 3: a comma within a cell, decimal ones too, needs quotes',
    ],
    ['name,,ms\na,b,1\n', '2:3: expected no cell in a column without a name; got b'],
    ['name,ms\rb\r', '2:1: expected 2 cells, as in the header; got 1'],
    ['Name,name,ms\n', '1:1: expected columns that differ; got name twice'],
    ['name,ms\n1,a"b\n', '2:3: expected a cell, in quotes where it holds a comma or a quote; got a"b'],
  ])('%j is refused', (lines, message) => {
    expect(() => read(lines)).toThrow(`t.csv:${message}`);
  });

  it.each([
    ['name;ms\na;1.234\n', '2:3: ms: expected a number that reads in one way only; got 1.234: write 1234 or 1.2340'],
    [
      'name;ms\na;2,5\nb;1.234\n',
      '3:3: ms: expected a number that reads in one way only; got 1.234: write 1234 or 1,234',
    ],
    ['name,ms\na,"1,234"\n', '2:3: ms: expected a number that reads in one way only; got 1,234: write 1234 or 1,2340'],
    ['name;ms\na;2,5\nb;2.5\n', '3:3: ms: expected a decimal comma, as in 2,5 on line 2; got 2.5'],
    ['name,ms\na,2.5\nb,"2,5"\n', '3:3: ms: expected a decimal point, as in 2.5 on line 2; got 2,5'],
  ])('whose numbers do not agree on a decimal mark, or do not tell it, is refused: %j', (text, message) => {
    expect(() => locateCsv('t.csv', text, ['name', 'ms'], ['ms'])).toThrow(`t.csv:${message}`);
  });
});
