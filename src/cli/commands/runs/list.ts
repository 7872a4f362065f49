import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption, rootOption } from '#cli/arguments/run-options';
import { runListText } from '#cli/terminal/runs-text';
import { formatDiagnostic } from '#core/failure';
import { listRuns } from '#jobs/runs/run-summary';

export const runsList = defineCommand({
  arguments: [],
  options: [rootOption, jsonOption],
  run(_, { root }) {
    const { entries, failures } = listRuns(root);
    for (const { diagnostics } of failures) {
      for (const diagnostic of diagnostics) process.stderr.write(`warning: ${formatDiagnostic(diagnostic)}\n`);
    }
    return { json: entries, text: () => runListText(root, entries) };
  },
});
