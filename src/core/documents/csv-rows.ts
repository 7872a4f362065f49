/** Splits a CSV text into rows of cells with line and column (RFC 4180, with any separator and any line endings). */
import { Failure } from '#core/failure';
import { shown } from '#core/shown';

export interface Cell {
  readonly text: string;
  readonly isQuoted: boolean;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export type CsvRow = readonly Cell[];

export interface CsvRows {
  /** The rows with at least one non-empty cell. */
  readonly rows: readonly CsvRow[];
  /** The lines that begin with #, without the # sign. */
  readonly comments: readonly string[];
}

/** The name of each separator in messages. */
const separatorNames: Readonly<Record<string, string>> = { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab' };

const lineBreak = /\r\n|\r|\n/g;

/**
 * The rows from an offset on. Quoted cells may hold separators, doubled quotes and line breaks; malformed ones are
 * refused.
 */
export function csvRows(file: string, text: string, separator: string, from: number): CsvRows {
  const [cell, comment] = [cellPattern(separator), /#([^\r\n]*)(\r\n|\r|\n|$)/y];
  const rows: CsvRow[] = [];
  const comments: string[] = [];
  let row: Cell[] = [];
  let [at, line, lineStart] = [0, 1, 0];
  const goTo = (end: number) => {
    for (const match of text.slice(at, end).matchAll(lineBreak)) {
      line++;
      lineStart = at + match.index + match[0].length;
    }
    at = end;
  };
  goTo(from);
  for (let isLast = false; !isLast; ) {
    const isComment = row.length === 0 && text[at] === '#';
    const pattern = isComment ? comment : cell;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const place = { line, column: at - lineStart + 1 };
    if (match === null) throw noCell(file, place, separator, text.slice(at));
    isLast = match.at(-1) === '';
    if (isComment) comments.push((match[1] as string).trim());
    else row.push({ ...cellOf(match), ...place });
    if (isComment || match[3] !== separator) {
      if (row.some(({ text: content }) => content !== '')) rows.push(row);
      row = [];
    }
    goTo(pattern.lastIndex);
  }
  return { rows, comments };
}

/** Matches a cell and its end. No part may match in two ways, or the expression would backtrack through all of them. */
function cellPattern(separator: string): RegExp {
  const end = separator.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const blank = separator === '\t' ? ' ' : ' \\t';
  const quoted = `"((?:[^"]|"")*)"[${blank}]*(?=${end}|[\\r\\n]|$)`;
  const plain = `([^${blank}${end}"\\r\\n][^${end}"\\r\\n]*|)`;
  return new RegExp(`[${blank}]*(?:${quoted}|${plain})(${end}|\\r\\n|\\r|\\n|$)`, 'y');
}

const typographic = /^[“”„‟](.*)[“”„‟]$/; // word processors write these for "

function cellOf([, quoted, plain = '']: RegExpExecArray): Pick<Cell, 'text' | 'isQuoted'> {
  if (quoted !== undefined) return { text: quoted.replaceAll('""', '"'), isQuoted: true };
  const text = plain.trim();
  const [, inner] = typographic.exec(text) ?? [];
  return { text: inner ?? text, isQuoted: inner !== undefined };
}

function noCell(file: string, place: Pick<Cell, 'line' | 'column'>, separator: string, rest: string): Failure {
  const name = separatorNames[separator] ?? separator;
  const [line = ''] = rest.split(/[\r\n]/, 1);
  const message = `expected a cell, in quotes where it holds ${name} or a quote; got ${shown(line)}`;
  return new Failure('config', { file, ...place, message });
}
