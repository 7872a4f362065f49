/** Tables for the terminal. */

export type Row = readonly string[];

/** Aligns rows in columns two spaces apart; the columns whose indices are in `right` are flush right. */
export function aligned(rows: readonly Row[], right: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (right.has(c) ? cell.padStart(widths[c] as number) : cell.padEnd(widths[c] as number)))
      .join('  ')
      .trimEnd(),
  );
}
