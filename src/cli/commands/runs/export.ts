/** `mnv4-nas runs export`: writes the logs of runs as tables. */
import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { standardReporter } from '#cli/terminal/log';
import { grouped } from '#core/grouped';
import { findRun } from '#jobs/runs/run-summary';
import { exportRuns, tableFormats } from '#tasks/report/tables/export-runs';

export const runsExport = defineCommand({
  description:
    'write the logs of runs, finished or not, as CSV or Parquet: a table of intervals, one of sampled architectures and one of the policy',
  arguments: [{ name: '<runs...>', description: 'ids or folders of runs, which share the tables' }],
  options: [
    rootOption,
    { flag: '--to <format>', description: 'format of the tables', choices: tableFormats, required: true },
    { flag: '--out <folder>', description: 'the new folder to write', required: true },
    jsonOption,
  ],
  examples: [
    'mnv4-nas runs export quickstart-coarse quickstart-fine --to csv --out tables',
    'mnv4-nas runs export quickstart-fine --to parquet --out tables',
  ],
  run([runs], { root, to, out }) {
    const folders = runs.map((run) => findRun(root, run));
    const tables = exportRuns(folders, to, out, standardReporter().note);
    return {
      json: { folder: out, tables },
      text: () => tables.map(({ file, rows }) => `wrote ${file}: ${grouped(rows)} rows`).join('\n'),
    };
  },
});
