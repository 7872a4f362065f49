/** CSV documents that know the line and column of each value. */

import { type Diagnostic, Failure, firstOf } from '#core/failure';
import { asUtf8 } from '#core/files/text';
import { decimalMarkIn, numberOrText } from './csv-numbers.js';
import { type Cell, type CsvRow, csvRows } from './csv-rows.js';
import { type Located, type Path, readText } from './document.js';

export interface LocatedCsv extends Located {
  /** The lines that begin with #, without the # sign. */
  readonly comments: readonly string[];
}

const mostTableBytes = 2 ** 24; // some 300,000 rows
const asText = { recoded: asUtf8, remedy: 'save the table as text: "CSV UTF-8" where the spreadsheet offers it' };

/** Reads the table in a user's file, UTF-8 or UTF-16 with a byte order mark; parameters as for `locateCsv`. */
export function readCsv(
  file: string,
  columns: readonly string[],
  numbers?: readonly string[],
  texts?: readonly string[],
): LocatedCsv {
  return locateCsv(file, readText(file, 'config', mostTableBytes, asText), columns, numbers, texts);
}

/**
 * Parses a table into a list of records, keyed by its lower-case header; `at([2, 'ms'], …)` locates a cell of the third
 * record. Cells that read as numbers become numbers, empty ones are left out; lines that begin with # are comments. The
 * separator is the one named by a first line such as `sep=;`, otherwise that of comma, semicolon and tab which splits
 * the header into the most of `columns`.
 *
 * @param columns  the columns that the header must have; others are allowed
 * @param numbers  columns of numbers, quoted or not, which share one decimal mark
 * @param texts    columns whose cells stay texts, such as `007`
 */
export function locateCsv(
  file: string,
  text: string,
  columns: readonly string[],
  numbers: readonly string[] = [],
  texts: readonly string[] = [],
): LocatedCsv {
  const { separator, from } = separatorOf(text, columns);
  const { rows, comments } = csvRows(file, text, separator, from);
  const start = rows.findIndex((row) => !isQuotedComment(row));
  const [header, ...records] = start < 0 ? [] : rows.slice(start);
  const names = namesOf(header, file, columns);
  const unfit = records.flatMap((row) => unfitRow(row, names, separator, file) ?? []);
  const wrong = firstOf(unfit, (diagnostic) => diagnostic);
  if (wrong.length > 0) throw new Failure('config', wrong);
  const columnOf = (c: number) => (numbers.includes(names[c] ?? '') ? names[c] : undefined);
  const numberCells = records.flatMap((row) =>
    row.flatMap((cell, c) => {
      const column = columnOf(c);
      return column === undefined ? [] : [{ cell, column }];
    }),
  );
  const mark = decimalMarkIn(numberCells, separator, file);
  const read = (cell: Cell, c: number) => {
    if (columnOf(c) !== undefined) return numberOrText(cell, mark);
    return texts.includes(names[c] ?? '') ? cell.text : cellValue(cell);
  };
  const value = records.map((row) => recordOf(row.map(read), names));
  const quoted = rows.slice(0, Math.max(start, 0)).map(([first]) => (first as Cell).text.slice(1).trim());
  return { file, comments: [...quoted, ...comments], value, at };

  function at([index, column]: Path, message: string): Diagnostic {
    const row = (typeof index === 'number' ? records[index] : header) ?? [];
    const { line, column: from } = row[names.indexOf(String(column))] ?? row[0] ?? { line: 1, column: 1 };
    const path = column === undefined ? {} : { path: String(column) };
    return { file, line, column: from, ...path, message };
  }
}

/** Finds the separator of the cells, and the offset of the first row. */
function separatorOf(text: string, columns: readonly string[]): { separator: string; from: number } {
  const [stated, separator] = /^"?sep=([^\w\r\n])"?[,;\t]*(?:\r\n|\r|\n|$)/i.exec(text) ?? [];
  if (stated !== undefined) return { separator: separator as string, from: stated.length };
  const header = text.split(/\r\n|\r|\n/).find((line) => !/^"?#/.test(line) && /[^\s,;]/.test(line)) ?? '';
  const found = (by: string) => {
    const names = header.split(by).map((cell) => nameOf(cell.replaceAll(/["“”„‟]/g, '')));
    return columns.filter((column) => names.includes(column)).length;
  };
  return { separator: [',', ';', '\t'].reduce((a, b) => (found(b) > found(a) ? b : a)), from: 0 };
}

/** True for a quoted comment before the header: spreadsheets quote comments that hold separators. */
function isQuotedComment([first]: CsvRow): boolean {
  return first?.isQuoted === true && first.text.startsWith('#');
}

function nameOf(cell: string): string {
  return cell.trim().toLowerCase().replaceAll(/\s+/g, '_');
}

/** The names of the header, '' for a column without one; refuses duplicates and the lack of a required column. */
function namesOf(header: CsvRow | undefined, file: string, columns: readonly string[]): string[] {
  const names = withoutEmpty(header?.map(({ text }) => nameOf(text)) ?? [], (name) => name === '');
  const place = { file, line: header?.[0]?.line ?? 1, column: 1 };
  const missing = columns.filter((column) => !names.includes(column));
  const seen = new Set<string>();
  const twice = names.find((name) => name !== '' && seen.size === seen.add(name).size);
  if (missing.length > 0) {
    const got = names.length === 0 ? 'nothing' : `no ${missing.join(', no ')}`;
    throw new Failure('config', { ...place, message: `expected a header with ${columns.join(',')}; got ${got}` });
  }
  if (twice !== undefined)
    throw new Failure('config', { ...place, message: `expected columns that differ; got ${twice} twice` });
  return names;
}

/** The list without the empty entries at its end, which spreadsheets write for deleted columns. */
function withoutEmpty<T>(list: readonly T[], isEmpty: (one: T) => boolean): T[] {
  return list.slice(0, list.findLastIndex((one) => !isEmpty(one)) + 1);
}

/** The problem of a row with too few or too many cells, or with a cell in a column without a name. */
function unfitRow(row: CsvRow, names: readonly string[], separator: string, file: string): Diagnostic | undefined {
  const place = { file, line: row[0]?.line ?? 1, column: 1 };
  const cells = row.length > names.length ? withoutEmpty(row, ({ text }) => text === '') : row;
  const count = Math.max(cells.length, Math.min(row.length, names.length));
  if (count !== names.length) {
    const hint =
      count > names.length && separator === ',' ? ': a comma within a cell, decimal ones too, needs quotes' : '';
    return { ...place, message: `expected ${names.length} cells, as in the header; got ${count}${hint}` };
  }
  const stray = cells.find(({ text }, c) => names[c] === '' && text !== '');
  if (stray === undefined) return undefined;
  const { line, column, text } = stray;
  return { file, line, column, message: `expected no cell in a column without a name; got ${text}` };
}

function cellValue({ text, isQuoted }: Cell): string | number {
  return !isQuoted && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function recordOf(values: readonly (string | number)[], names: readonly string[]): Record<string, string | number> {
  const entries = values.map((value, c) => [names[c] ?? '', value] as const);
  return Object.fromEntries(entries.filter(([name, value]) => name !== '' && value !== ''));
}
