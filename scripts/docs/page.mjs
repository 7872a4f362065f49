// Functions for the pages of docs/ whose tables and pictures are made by scripts; the text between is written by hand.
import { fileURLToPath } from 'node:url';

/** The path of a file of docs/. */
export function docs(name) {
  return fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
}

/** The page with the text between a pair of marks replaced. */
export function filled(text, name, content) {
  const marks = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!marks.test(text)) throw new Error(`the page has no marks for ${name}`);
  return text.replace(marks, (_, open, close) => `${open}${content}\n${close}`);
}

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
