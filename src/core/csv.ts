/** CSV documents that can say where each of their values stands, at line and column. */
import { type Located, type Path, readText } from './document.js';
import { type Diagnostic, Failure, firstOf } from './failure.js';
import { shown } from './shown.js';

export interface LocatedCsv extends Located {
  /** The lines that begin with #, without it. */
  readonly comments: readonly string[];
}

interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
  readonly column: number;
}

interface Line {
  readonly number: number;
  readonly cells: readonly Cell[];
}

const mostTableBytes = 2 ** 24; // some 300,000 rows

/** The table in a file that a user named. */
export function readCsv(file: string, columns: readonly string[]): LocatedCsv {
  return locateCsv(file, readText(file, 'config', mostTableBytes), columns);
}

/**
 * A table as a list of records, keyed by its header; `at([2, 'ms'], …)` places a cell of the third record. Cells that read
 * as numbers are numbers, empty ones are left out. Quoted cells may hold commas and doubled quotes (RFC 4180), but no line
 * breaks; lines that begin with # are comments.
 *
 * @param columns  the columns that the header must have, beside any others
 */
export function locateCsv(file: string, text: string, columns: readonly string[]): LocatedCsv {
  const numbered = text.split(/\r?\n/).map((line, i) => ({ line, number: i + 1 }));
  const comments = numbered.filter(({ line }) => line.startsWith('#')).map(({ line }) => line.slice(1).trim());
  const filled = numbered.filter(({ line }) => line.trim() !== '' && !line.startsWith('#'));
  const [header, ...rows] = filled.map(({ line, number }) => ({ number, cells: cellsOf(line, file, number) }));
  const names = namesOf(header, file, columns);
  const wrong = rows.filter(({ cells }) => cells.length !== names.length);
  if (wrong.length > 0)
    throw new Failure(
      'config',
      firstOf(wrong, (row) => wrongLength(row, names.length, file)),
    );
  return { file, comments, value: rows.map((row) => recordOf(row, names)), at };

  function at([row, column]: Path, message: string): Diagnostic {
    const { number = 1, cells = [] } = (typeof row === 'number' ? rows[row] : header) ?? {};
    const cell = cells[names.indexOf(String(column))] ?? cells[0];
    const path = column === undefined ? {} : { path: String(column) };
    return { file, line: number, column: cell?.column ?? 1, ...path, message };
  }
}

function cellsOf(line: string, file: string, number: number): Cell[] {
  const pattern = /[ \t]*(?:"((?:[^"]|"")*)"[ \t]*(?=,|$)|([^ \t,"][^,"]*|))(,|$)/y; // no part may match in two ways: it would try all
  const cells: Cell[] = [];
  while (true) {
    const column = pattern.lastIndex + 1;
    const match = pattern.exec(line);
    if (match === null) {
      const message = `expected a cell, in quotes where it holds a comma or a quote; got ${shown(line.slice(column - 1))}`;
      throw new Failure('config', { file, line: number, column, message });
    }
    const [, quoted, plain = '', end] = match;
    cells.push({ text: quoted?.replaceAll('""', '"') ?? plain.trim(), isQuoted: quoted !== undefined, column });
    if (end === '') return cells;
  }
}

/** The names of the header, which differ and are those wanted and others. */
function namesOf(header: Line | undefined, file: string, columns: readonly string[]): string[] {
  const names = header?.cells.map(({ text }) => text) ?? [];
  const place = { file, line: header?.number ?? 1, column: 1 };
  const missing = columns.filter((column) => !names.includes(column));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (missing.length > 0) {
    const got = names.length === 0 ? 'nothing' : `no ${missing.join(', no ')}`;
    throw new Failure('config', { ...place, message: `expected a header with ${columns.join(',')}; got ${got}` });
  }
  if (twice !== undefined)
    throw new Failure('config', { ...place, message: `expected columns that differ; got ${twice} twice` });
  return names;
}

function wrongLength({ number, cells }: Line, expected: number, file: string): Diagnostic {
  return {
    file,
    line: number,
    column: 1,
    message: `expected ${expected} cells, as in the header; got ${cells.length}`,
  };
}

function recordOf({ cells }: Line, names: readonly string[]): Record<string, string | number> {
  const entries = cells.map((cell, c) => [names[c] as string, cellValue(cell)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

function cellValue({ text, isQuoted }: Cell): string | number {
  return !isQuoted && /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}
