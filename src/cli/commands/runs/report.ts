/** `mnv4-nas runs report`: writes searches as one self-contained HTML page. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { standardReporter } from '#cli/terminal/log';
import { Failure } from '#core/failure';
import { findRun } from '#jobs/runs/run-summary';
import { writeReport } from '#tasks/report/run/write-report';

export const runsReport = defineCommand({
  description:
    'write one HTML page about one or more searches, finished or not: verdict, architecture, curves, policy, accuracy against latency, and all of it as CSV and JSON',
  arguments: [{ name: '<runs...>', description: 'ids or folders of searches, shown side by side' }],
  options: [rootOption, { flag: '--out <file>', description: 'the page to write', default: 'report.html' }, jsonOption],
  examples: [
    'mnv4-nas runs report quickstart-coarse quickstart-fine',
    'mnv4-nas runs report first-fine second-fine --out compared.html',
  ],
  run([runs], { root, out }) {
    const folders = runs.map((run) => findSearch(root, run));
    const { file, bytes, runs: reported } = writeReport(folders, out, standardReporter().note);
    const shown = reported.map(({ id, stage, status, step, steps, notices }) => ({
      id,
      stage,
      status,
      step,
      steps,
      notices,
    }));
    return {
      json: { file, bytes, runs: shown },
      text: () => `wrote ${file} (${(bytes / 1e6).toFixed(1)} MB) about ${shown.map(({ id }) => id).join(', ')}`,
    };
  },
});

/** The folder of a run; a distillation set in its place is named as such. */
function findSearch(root: string, run: string): string {
  if (existsSync(join(run, 'manifest.json'))) {
    throw new Failure(
      'usage',
      `${run}: expected a search; got a distillation set`,
      'mnv4-nas dataset info FOLDER shows it',
    );
  }
  return findRun(root, run);
}
