/** Reads the numbers of a table whose cells agree on a decimal mark. */

import { Failure, firstOf } from '#core/failure';
import type { Cell } from './csv-rows.js';
import { type DecimalMark, decimalMarkOf, decimalValue, type ShownMark } from './decimal-mark.js';

/** A cell in a column of numbers. */
export interface NumberCell {
  readonly cell: Cell;
  readonly column: string;
}

/**
 * The decimal mark that all cells share; a point if none shows one. A cell with the other mark is a config failure, and
 * so is an ambiguous one such as `1.234` if no other cell shows the mark.
 */
export function decimalMarkIn(cells: readonly NumberCell[], separator: string, file: string): DecimalMark {
  const shown = cells.map((of) => ({ ...of, mark: shownMark(of.cell, separator) }));
  const first = shown.find(({ mark }) => mark === '.' || mark === ',');
  const mark = first?.mark as DecimalMark | undefined;
  const mistakes = shown.flatMap(({ cell: { text, line, column }, column: path, mark: own }) => {
    const message = problemOf(text, own, mark, first?.cell);
    return message === undefined ? [] : [{ file, line, column, path, message }];
  });
  const told = firstOf(mistakes, (mistake) => mistake);
  if (told.length > 0) throw new Failure('config', told);
  return mark ?? '.';
}

/** The decimal mark that a cell shows; an unquoted cell of a comma-separated table cannot hold a comma. */
function shownMark({ text, isQuoted }: Cell, separator: string): ShownMark | undefined {
  const mark = decimalMarkOf(text);
  return mark === 'either' && separator === ',' && !isQuoted ? '.' : mark;
}

/**
 * The problem of a cell with the mark `own`, given the mark of the `first` cell that shows one; undefined if it has
 * none.
 */
function problemOf(text: string, own: ShownMark | undefined, mark: DecimalMark | undefined, first: Cell | undefined) {
  if (own === 'either' && (mark === undefined || !text.includes(mark))) {
    const [digits, exact] = [text.replace(/[.,]/, ''), mark === undefined ? `${text}0` : text.replace(/[.,]/, mark)];
    return `expected a number that reads in one way only; got ${text}: write ${digits} or ${exact}`;
  }
  if (first === undefined || own === mark || (own !== '.' && own !== ',')) return undefined;
  return `expected a decimal ${mark === '.' ? 'point' : 'comma'}, as in ${first.text} on line ${first.line}; got ${text}`;
}

/** The number in a cell, or the cell's text if it is no number. */
export function numberOrText({ text }: Cell, mark: DecimalMark): string | number {
  return decimalMarkOf(text) === undefined ? text : decimalValue(text, mark);
}
