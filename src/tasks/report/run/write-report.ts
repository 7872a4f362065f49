/** Writes the report of searches as one file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Failure } from '#core/failure';
import { writeAtomically } from '#core/files/files';
import { mostRuns } from './figure.js';
import { type PageFiles, reportPage } from './report-page.js';
import { type ReportedRun, readReportedRun } from './reported-run.js';

export interface WrittenReport {
  readonly file: string;
  readonly bytes: number;
  readonly runs: readonly ReportedRun[];
}

/**
 * Reads the runs in the folders and writes their page to `file`. More runs than can be told apart by colour are a usage
 * failure; so are a training and a folder named twice.
 */
export function writeReport(
  folders: readonly string[],
  file: string,
  notice: (message: string) => void,
): WrittenReport {
  if (folders.length > mostRuns) {
    throw new Failure('usage', `expected at most ${mostRuns} runs in a report; got ${folders.length}`);
  }
  const runs = folders.map((folder) => readReportedRun(folder, notice));
  const [again] = runs.map(({ id }) => id).filter((id, i, ids) => ids.indexOf(id) !== i);
  if (again !== undefined) throw new Failure('usage', `expected runs of different ids in a report; got ${again} twice`);
  const html = reportPage(runs, pageFiles());
  writeAtomically(file, html);
  return { file, bytes: Buffer.byteLength(html), runs };
}

/** The files that the page contains: its style and script, and the browser builds of Vega and Vega-Lite. */
function pageFiles(): PageFiles {
  const own = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const libraries = ['vega', 'vega-lite'].map((name) => readFileSync(browserBuild(name), 'utf8'));
  return {
    style: [own('../../../core/page-theme.css'), own('page/report.css')].join('\n'),
    script: own('page/report-script.js').replace(/^\/\/# sourceMappingURL.*$/m, ''),
    libraries: libraries.map((text) => text.replace(/^\/\/# sourceMappingURL.*$/m, '')),
  };
}

/** The path of a package's minified browser build, next to the module that Node loads. */
function browserBuild(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  return join(dirname(resolve(name)), `${name}.min.js`);
}
