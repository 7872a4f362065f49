/** Formats a cell of a CSV table; null is an empty cell. Texts that a reader would split or skip are quoted. */
export function csvCell(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value);
  return /[",;\t\r\n]|^#/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
