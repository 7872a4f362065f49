/** Writes the report of searches as one file. */
import { Failure } from '#core/failure';
import { writeAtomically } from '#core/files/files';
import { mostRuns } from './figure.js';
import { builtFile, chartLibrary } from './page-files.js';
import { reportPage } from './report-page.js';
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
  const html = reportPage(runs, {
    style: ['core/page-theme.css', 'tasks/report/run/page/report.css'].map(builtFile).join('\n'),
    script: builtFile('tasks/report/run/page/report-script.js'),
    libraries: ['vega', 'vega-lite'].map(chartLibrary),
  });
  writeAtomically(file, html);
  return { file, bytes: Buffer.byteLength(html), runs };
}
