import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { runText } from '#cli/terminal/runs-text';
import { runCourse } from '#jobs/runs/run-course';
import { findRun, readRunSummary } from '#jobs/runs/run-summary';

export const runsShow = defineCommand({
  arguments: [{ name: '<run>', description: 'the id of a run, or its folder' }],
  options: [rootOption, jsonOption],
  examples: ['mnv4-nas runs show quickstart-fine', 'mnv4-nas runs show runs/quickstart-fine --json'],
  run([run], { root }) {
    const summary = readRunSummary(findRun(root, run));
    return { json: summary, text: () => runText(summary, runCourse(summary.folder)) };
  },
});
