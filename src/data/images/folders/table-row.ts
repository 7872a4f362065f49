/** The rows of a table of images, and the mistakes in them. */

/** A record of the table; empty cells are left out. */
export interface TableRow {
  readonly path?: string;
  readonly label?: string;
  readonly split?: string;
}

export interface RowProblem {
  /** Index of the row. */
  readonly row: number;
  readonly problem: string;
}
