import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messagesOf } from './messages.js';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8');
const messages = messagesOf(root);

/** The rows of the tables whose first column is headed `message`. */
function rowsOf(text: string): string[] {
  const tables = text.split('\n\n').filter((part) => part.includes('| message |'));
  return tables.flatMap((table) => table.split('\n').filter((line) => /^\| `/.test(line)));
}

/** What stands as code in a row's first cell. */
function told(row: string): string[] {
  return [...row.slice(2, row.indexOf(' | ')).matchAll(/(`+)(.*?)\1(?=<br>|$)/g)].map(([, , text]) => text as string);
}

const rows = rowsOf(page);
const listed = rows.flatMap(told);

test('every message of the source has a line in docs/troubleshooting.md', () => {
  const missing = [...messages].filter(([text]) => !listed.includes(text)).map(([text, place]) => `${place}: ${text}`);
  expect(missing).toEqual([]);
});

test('every message of docs/troubleshooting.md is one of the source', () => {
  expect(listed.filter((text) => !messages.has(text))).toEqual([]);
});

test('every line says why and what to do', () => {
  const cells = rows.map((row) => row.slice(2, -2).split(' | '));
  expect(cells.filter((row) => row.length !== 3 || row.some((cell) => cell.trim() === ''))).toEqual([]);
});

test('no message has two lines', () => {
  expect(listed.filter((text, i) => listed.indexOf(text) !== i)).toEqual([]);
});
