/** Labels and parts of the rows of a table: classes by name or by number. */
import { byCodePoint } from '#core/code-points';
import { suggestion } from '#core/nearest';
import { shown } from '#core/shown';
import type { RowProblem, TableRow } from './table-row.js';

export type TablePart = 'train' | 'test' | 'validation';

const partWords = new Map<string, TablePart>([
  ['train', 'train'],
  ['training', 'train'],
  ['test', 'test'],
  ['testing', 'test'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
]);

/** The part that a row names, in any case; undefined for another word or an empty cell. */
export function partOfRow({ split = '' }: TableRow): TablePart | undefined {
  return partWords.get(split.toLowerCase());
}

export interface TableLabels {
  /** Classes [n]; -1 in rows with a problem. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
  readonly problems: readonly RowProblem[];
  readonly notes: readonly string[];
}

/**
 * The classes of the rows. With names given, a label is one of them or a number from 0; without, the labels that appear
 * are the classes: in numeric order if all are whole numbers, else by code point.
 */
export function labelsOfTable(rows: readonly TableRow[], given?: readonly string[]): TableLabels {
  const found = new Set(rows.flatMap(({ label }) => label ?? []));
  const classNames = given ?? ordered([...found]);
  const classOf = new Map(classNames.map((name, label) => [name, label]));
  const numbered = (label: string) => {
    const number = isNumber(label) && given !== undefined ? Number(label) : Number.NaN;
    return number < classNames.length ? number : undefined;
  };
  const labels = new Int32Array(rows.length).fill(-1);
  const problems: RowProblem[] = [];
  for (const [row, { label }] of rows.entries()) {
    const known = label === undefined ? undefined : (classOf.get(label) ?? numbered(label));
    if (known === undefined) problems.push({ row, problem: labelProblem(label, classNames) });
    else labels[row] = known;
  }
  return { labels, classNames, problems, notes: given === undefined ? numberNotes(classNames) : [] };
}

function labelProblem(label: string | undefined, classNames: readonly string[]): string {
  if (label === undefined) return 'expected a label; got nothing';
  const most = classNames.length - 1;
  return `expected one of classNames, or a number from 0 to ${most}; got ${shown(label)}${suggestion(label, classNames)}`;
}

function ordered(labels: readonly string[]): string[] {
  return labels.every(isNumber) ? [...labels].sort((a, b) => Number(a) - Number(b)) : byCodePoint(labels);
}

/** A note for numbers that are not 0, 1, ..., which other programs take as they are. */
function numberNotes(classNames: readonly string[]): string[] {
  if (!classNames.every(isNumber) || classNames.every((name, label) => name === String(label))) return [];
  return [`the labels ${classNames[0]} to ${classNames.at(-1)} are taken as the names of ${classNames.length} classes`];
}

function isNumber(label: string): boolean {
  return /^\d{1,9}$/.test(label);
}
