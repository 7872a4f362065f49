/** Lists the files of a folder of shards, and selects some of them by patterns. */
import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { byCodePoint } from '#core/code-points';
import { statsOf, systemProblem } from '#core/files/files';
import { dataFailure } from '#data/data-failure';

/** Files below a folder, by their paths relative to it, with `/` between folders, sorted by code point. */
export interface ShardFolder {
  readonly root: string;
  readonly names: readonly string[];
}

const deepest = 8; // levels of folders; model hubs have three
const mostFiles = 1e6;

/**
 * Lists the files below a folder, or the file alone if the path is a file's. Hidden files and those that begin with `_`
 * are left out, as are files in linked folders; linked files are listed, since caches of model hubs consist of links.
 */
export function shardFolder(path: string): ShardFolder {
  if (statsOf(path)?.isFile()) return { root: dirname(path), names: [basename(path)] };
  const names: string[] = [];
  addFiles(names, path, '', 0);
  return { root: path, names: byCodePoint(names) };
}

function addFiles(names: string[], root: string, below: string, depth: number): void {
  for (const entry of entriesIn(join(root, below))) {
    if (/^[._]/.test(entry.name)) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory() && depth < deepest) addFiles(names, root, name, depth + 1);
    else if (isFile(root, name, entry)) names.push(name);
    if (names.length > mostFiles) throw dataFailure(root, `expected at most ${mostFiles} shards; got more`);
  }
}

function isFile(root: string, name: string, entry: Dirent): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && statsOf(join(root, name))?.isFile() === true);
}

function entriesIn(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw dataFailure(folder, `expected a folder; got ${systemProblem(error)}`);
  }
}

/**
 * Selects names by patterns: `*` and `?` stand for characters other than `/`, `**` for any, `{a,b}` for one of them and
 * `{000..127}` for a range of numbers. A pattern that selects nothing is a data failure.
 */
export function selected({ root, names }: ShardFolder, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) => {
    const matches = matcher(pattern);
    const some = names.filter(matches);
    if (some.length === 0) throw dataFailure(root, `expected files that match ${pattern}; got none`);
    return some;
  });
  return byCodePoint([...new Set(found)]);
}

const glob = /\*\*|[*?]|\{(\d+)\.\.(\d+)\}|\{[^{}]*\}/g;

function matcher(pattern: string): (name: string) => boolean {
  const ranges: (readonly [from: string, to: string])[] = [];
  let [source, end] = ['', 0];
  for (const { 0: token, 1: from, 2: to, index } of pattern.matchAll(glob)) {
    source += literal(pattern.slice(end, index));
    end = index + token.length;
    if (from !== undefined && to !== undefined) {
      ranges.push([from, to]);
      source += '(\\d+)';
    } else source += token.startsWith('{') ? alternatives(token) : (wildcards[token] as string);
  }
  const whole = new RegExp(`^${source}${literal(pattern.slice(end))}$`, 'su');
  return (name) => {
    const found = whole.exec(name);
    return found !== null && ranges.every((range, i) => isInRange(found[i + 1] as string, range));
  };
}

const wildcards: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]' };

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function alternatives(token: string): string {
  return `(?:${token.slice(1, -1).split(',').map(literal).join('|')})`;
}

/** Whether digits are a number of the range, with as many digits where the first number of the range begins with 0. */
function isInRange(digits: string, [from, to]: readonly [string, string]): boolean {
  const isPadded = from.length > 1 && from.startsWith('0');
  const hasWidth = isPadded ? digits.length === from.length : !/^0\d/.test(digits);
  return hasWidth && Number(digits) >= Number(from) && Number(digits) <= Number(to);
}
