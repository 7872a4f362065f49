import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { runListText } from '#cli/terminal/runs-text';
import { formatDiagnostic } from '#core/failure';
import { listRuns } from '#jobs/runs/run-entries';

export const runsList = defineCommand({
  arguments: [],
  options: [rootOption, jsonOption],
  examples: ['mnv4-nas runs list', 'mnv4-nas runs list --root studies'],
  run(_, { root }) {
    const { entries, failures } = listRuns(root);
    for (const { diagnostics } of failures) {
      for (const diagnostic of diagnostics) process.stderr.write(`warning: ${formatDiagnostic(diagnostic)}\n`);
    }
    return { json: entries, text: () => runListText(root, entries) };
  },
});
