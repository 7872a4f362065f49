/** Reads a table of image files: a CSV file with the columns path, label and, if wanted, split. */
import { basename, dirname, normalize } from 'node:path';
import { asDataFailure } from '#core/documents/conform';
import { type LocatedCsv, readCsv } from '#core/documents/csv';
import { Failure, firstOf } from '#core/failure';
import { inSharedMemory } from '#core/shared-memory';
import { dataFailure } from '#data/data-failure';
import type { EncodedSet } from '#data/images/encoded-set';
import type { ImageFiles } from '#data/images/shared-images';
import { textList } from '#data/images/text-list';
import { encodedFiles, filesAt } from './image-files.js';
import { labelsOfTable, partOfRow, type TablePart } from './table-labels.js';
import { pathProblems } from './table-paths.js';
import type { RowProblem, TableRow } from './table-row.js';

export interface TableOptions {
  /** True if links may lead out of the table's folder. */
  readonly followLinks: boolean;
  /** Names of the classes in the order of their labels; by default the labels found. */
  readonly classNames?: readonly string[] | undefined;
}

const columns = ['path', 'label'] as const;

/**
 * Reads a table whose paths start from its folder. A path that leaves the folder, that names no file or that appears
 * twice is a data failure at its line.
 */
export function readImageTable(file: string, options: TableOptions): EncodedSet {
  const table = asDataFailure(() => readCsv(file, columns, [], [...columns, 'split']));
  const rows = table.value as readonly TableRow[];
  if (rows.length === 0) throw dataFailure(file, 'expected rows of images below the header; got none');
  refuse(table, 'path', pathProblems(dirname(file), rows, options.followLinks));
  const { labels, classNames, problems, notes } = labelsOfTable(rows, options.classNames);
  refuse(table, 'label', problems);
  if (classNames.length < 2) throw dataFailure(file, `expected at least 2 classes; got ${classNames.length}`);
  const parts = partsOf(table, tableFiles(dirname(file), rows, labels));
  return {
    classNames,
    train: encodedFiles(parts.train),
    test: parts.test && encodedFiles(parts.test),
    notes: [...notes, ...parts.notes].map((note) => `${file}: ${note}`),
  };
}

/** Throws the problems, if there are any, each at the line and column of its cell. */
function refuse(table: LocatedCsv, column: string, problems: readonly RowProblem[]): void {
  if (problems.length === 0) return;
  const diagnostics = firstOf(problems, ({ row, problem }) => table.at([row, column], problem));
  throw new Failure('data', diagnostics);
}

function tableFiles(root: string, rows: readonly TableRow[], labels: Int32Array): ImageFiles {
  const folders: string[] = [];
  const numbers = new Map<string, number>();
  const paths = rows.map(({ path = '' }) => normalize(path));
  const folderOf = Int32Array.from(paths, (path) => {
    const folder = dirname(path);
    const number = numbers.get(folder) ?? folders.push(folder) - 1;
    numbers.set(folder, number);
    return number;
  });
  return {
    root,
    folders,
    names: textList(paths.map((path) => basename(path))),
    folderOf: inSharedMemory(folderOf),
    labels: inSharedMemory(labels),
  };
}

interface Parts {
  readonly train: ImageFiles;
  readonly test?: ImageFiles | undefined;
  readonly notes: readonly string[];
}

/** Divides the files by the column `split`; without one, all are the train part. */
function partsOf(table: LocatedCsv, files: ImageFiles): Parts {
  const rows = table.value as readonly TableRow[];
  if (rows.every(({ split }) => split === undefined)) return { train: files, notes: [] };
  const parts = rows.map(partOfRow);
  const unknown = parts.flatMap((part, row) =>
    part === undefined ? [{ row, problem: `expected train, val or test; got ${rows[row]?.split ?? 'nothing'}` }] : [],
  );
  refuse(table, 'split', unknown);
  const of = (wanted: TablePart) => {
    const indices = Int32Array.from(parts.keys()).filter((row) => parts[row] === wanted);
    return filesAt(files, indices);
  };
  const [train, test, validation] = [of('train'), of('test'), of('validation')];
  if (train.labels.length === 0) throw dataFailure(table.file, 'expected rows of the split train; got none');
  const hasTest = test.labels.length > 0;
  if (!hasTest && validation.labels.length === 0) return { train, notes: [] };
  const n = validation.labels.length;
  const notes = hasTest && n > 0 ? [`${n} rows of the split val are not used: test is the test part`] : [];
  return { train, test: hasTest ? test : validation, notes };
}
