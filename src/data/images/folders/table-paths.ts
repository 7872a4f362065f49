/** Checks the paths of a table: they stay inside its folder, name files, and differ. */
import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { shown } from '#core/shown';
import type { RowProblem, TableRow } from './table-row.js';
import { isInside, realPath } from './walk.js';

/** The problems of the rows' paths, at most one for each row. */
export function pathProblems(root: string, rows: readonly TableRow[], followLinks: boolean): RowProblem[] {
  const rowOf = new Map<string, number>();
  const fileProblem = fileCheck(root, followLinks);
  return rows.flatMap(({ path }, row) => {
    const problem = path === undefined ? 'expected a path; got nothing' : problemOf(path, row);
    return problem === undefined ? [] : [{ row, problem }];
  });

  function problemOf(path: string, row: number): string | undefined {
    const normal = normalize(path);
    if (isAbsolute(path) || normal === '..' || normal.startsWith('../')) return outside(path);
    const first = rowOf.get(normal);
    if (first !== undefined) return `expected each path once; got ${shown(path)} again, as in row ${first + 1}`;
    rowOf.set(normal, row);
    return fileProblem(path, join(root, normal));
  }
}

function outside(path: string): string {
  return `expected a path inside the folder of the table; got ${shown(path)}`;
}

/** Returns a check of the file that a path leads to, which resolves each folder once. */
function fileCheck(root: string, followLinks: boolean): (path: string, file: string) => string | undefined {
  const realRoot = realPath(root);
  const folders = new Map<string, boolean>();
  const isOutside = (path: string) => !followLinks && !isInside(realpathSync(path), realRoot);
  return (path, file) => {
    try {
      const folder = dirname(file);
      const leaves = folders.get(folder) ?? isOutside(folder);
      folders.set(folder, leaves);
      if (leaves || (lstatSync(file).isSymbolicLink() && isOutside(file))) return `${outside(path)}, a link out of it`;
      return statSync(file).isFile() ? undefined : `expected an image file; got ${shown(path)}, which is none`;
    } catch {
      return `expected an image file; got no ${shown(path)}${path.includes('\\') ? ': write / between folders' : ''}`;
    }
  };
}
