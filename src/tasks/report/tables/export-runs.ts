/** Writes the logs of runs as CSV or Parquet files. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { csvCell } from '#core/documents/csv-cell';
import { Failure } from '#core/failure';
import { makeWholeFolder, requireNewFolder } from '#core/files/whole-folder';
import { readState } from '#jobs/runs/run-state';
import { runTables, type StreamedTable, type TableColumn } from './run-tables.js';

export const tableFormats = ['csv', 'parquet'] as const;
export type TableFormat = (typeof tableFormats)[number];

export interface WrittenTable {
  readonly file: string;
  readonly rows: number;
}

/**
 * Writes the tables of the runs in `folders` to the new folder `out`, one file each, and returns them. Holds only some
 * thousand rows at a time. Two runs with one id are a usage failure.
 */
export function exportRuns(
  folders: readonly string[],
  format: TableFormat,
  out: string,
  notice: (message: string) => void,
): WrittenTable[] {
  requireNewFolder(out, '--out');
  const ids = folders.map((folder) => readState(folder).id);
  const again = ids.find((id, i) => ids.indexOf(id) !== i);
  if (again !== undefined) throw new Failure('usage', `expected runs of different ids; got ${again} twice`);
  const tables = runTables(folders, notice);
  if (tables.length === 0) throw new Failure('usage', `expected runs with logged steps; got ${ids.join(', ')}`);
  const write = format === 'csv' ? writeCsv : writeParquet;
  return makeWholeFolder(out, `write ${tables.length} tables`, (part) =>
    tables.map((table) => {
      const name = `${table.name}.${format}`;
      return { file: join(out, name), rows: write(join(part, name), table) };
    }),
  );
}

const pieceLength = 2 ** 16; // characters

/** Writes a table (RFC 4180, lines end with a line feed) and returns its number of rows. */
function writeCsv(file: string, { columns, rows }: StreamedTable): number {
  const descriptor = openSync(file, 'w');
  try {
    let [piece, count] = [`${columns.map(({ name }) => csvCell(name)).join(',')}\n`, 0];
    for (const row of rows) {
      piece += `${columns.map(({ name }) => csvCell(row[name] ?? null)).join(',')}\n`;
      count++;
      if (piece.length < pieceLength) continue;
      writeAll(descriptor, piece);
      piece = '';
    }
    writeAll(descriptor, piece);
    fsyncSync(descriptor);
    return count;
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

const rowGroup = 10_000; // rows in memory

const parquetTypes = { text: 'STRING', integer: 'INT32', number: 'DOUBLE', truth: 'BOOLEAN' } as const;

/** Writes a table and returns its number of rows. */
function writeParquet(file: string, { columns, rows }: StreamedTable): number {
  let count = 0;
  function* counted() {
    for (const row of rows) {
      count++;
      yield row;
    }
  }
  const column = ({ name, type, isSparse }: TableColumn) => ({ name, type: parquetTypes[type], nullable: isSparse });
  parquetWriteRows({
    writer: fileWriter(file),
    rows: counted(),
    columns: columns.map(column),
    rowGroupSize: rowGroup,
    createdBy: 'mnv4-nas',
  });
  flushFile(file);
  return count;
}

function flushFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
