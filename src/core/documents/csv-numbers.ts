/** The numbers of a table, whose cells agree on a decimal mark. */

import { Failure, firstOf } from '#core/failure';
import type { Cell } from './csv-rows.js';
import { type DecimalMark, decimalMarkOf, decimalValue, type ShownMark } from './decimal-mark.js';

/** A cell in a column of numbers. */
export interface NumberCell {
  readonly cell: Cell;
  readonly column: string;
}

/**
 * The decimal mark of all cells, a point where none shows one. A cell that shows the other one is refused, and so is a
 * `1.234` whose point is not known to be the decimal mark.
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

/** The decimal mark that a cell shows; an unquoted cell between commas can hold no comma. */
function shownMark({ text, isQuoted }: Cell, separator: string): ShownMark | undefined {
  const mark = decimalMarkOf(text);
  return mark === 'either' && separator === ',' && !isQuoted ? '.' : mark;
}

/** Returns the problem of a cell that shows `own`, where the first cell with a decimal mark shows `mark`. */
function problemOf(text: string, own: ShownMark | undefined, mark: DecimalMark | undefined, first: Cell | undefined) {
  if (own === 'either' && (mark === undefined || !text.includes(mark))) {
    const [digits, exact] = [text.replace(/[.,]/, ''), mark === undefined ? `${text}0` : text.replace(/[.,]/, mark)];
    return `expected a number that reads in one way only; got ${text}: write ${digits} or ${exact}`;
  }
  if (first === undefined || own === mark || (own !== '.' && own !== ',')) return undefined;
  return `expected a decimal ${mark === '.' ? 'point' : 'comma'}, as in ${first.text} on line ${first.line}; got ${text}`;
}

/** The number in a cell, or its text where it is none. */
export function numberOrText({ text }: Cell, mark: DecimalMark): string | number {
  return decimalMarkOf(text) === undefined ? text : decimalValue(text, mark);
}
