/** Finds the table of images in a folder. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, statsOf } from '#core/files/files';
import { asUtf8, utf8 } from '#core/files/text';
import { dataFailure } from '#data/data-failure';

/** The path of the table in a folder, or of the table itself; none, or several, are a data failure. */
export function tableAt(path: string): string {
  if (statsOf(path)?.isDirectory() !== true) return path;
  const [table, other] = tablesIn(path, namesIn(path).sort());
  if (table === undefined) {
    throw dataFailure(path, 'expected a CSV file with the columns path and label; got none');
  }
  if (other === undefined) return join(path, table);
  const message = `expected one CSV file with the columns path and label; got ${table} and ${other}`;
  throw dataFailure(path, message, 'name the file itself as the folder of the source');
}

/** The names of files whose header has the columns `path` and `label`. */
export function tablesIn(folder: string, names: readonly string[]): string[] {
  return names.filter((name) => /\.(csv|tsv)$/i.test(name) && hasColumns(join(folder, name)));
}

const startBytes = 4096;

function hasColumns(file: string): boolean {
  const header = startOf(file)
    .split(/\r\n|\r|\n/)
    .find((line) => !/^"?(#|sep=)/i.test(line) && line.trim() !== '');
  const columns = (header ?? '').split(/[,;\t]/).map((cell) => cell.replaceAll('"', '').trim().toLowerCase());
  return columns.includes('path') && columns.includes('label');
}

/** The first bytes of a file as text; empty for one that cannot be read, which then has no columns. */
function startOf(file: string): string {
  if (statsOf(file)?.isFile() !== true) return '';
  const bytes = new Uint8Array(startBytes);
  try {
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const length = readSync(descriptor, bytes);
      return utf8(asUtf8(bytes.subarray(0, length))).replace(/^\ufeff/, '');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
