/** A table of figures: what a chart draws, what the page shows as text, and what can be downloaded. */

export type Cell = string | number | boolean | null;

export interface Column {
  /** Name of the field in charts: letters and digits. */
  readonly name: string;
  /** Heading for people, with the unit. */
  readonly title: string;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

const digits = 6; // significant; keeps a page small, and no figure of a search is known better

/** Rounds a number to 6 significant digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(digits));
}

/** Builds a table whose rows are given by field; numbers are rounded to 6 significant digits. */
export function tableOf(columns: readonly Column[], records: readonly Readonly<Record<string, Cell>>[]): Table {
  const cell = (value: Cell | undefined) => (typeof value === 'number' ? rounded(value) : (value ?? null));
  return { columns, rows: records.map((record) => columns.map(({ name }) => cell(record[name]))) };
}
