/** `mnv4-nas runs`: what ran, how far, what came out. */
import { Command } from 'commander';
import { runListText, runText } from '#cli/terminal/runs-text';
import { formatDiagnostic } from '#core/failure';
import { findRun, listRuns, readRunSummary } from '#jobs/runs/run-summary';

interface RunsOptions {
  readonly root: string;
  readonly json?: boolean;
}

export function runsCommand(): Command {
  return new Command('runs')
    .description('what ran, how far, what came out')
    .addCommand(listCommand())
    .addCommand(showCommand());
}

function listCommand(): Command {
  return withOptions(new Command('list').description('every run, one a line')).action(({ root, json }: RunsOptions) => {
    const { entries, failures } = listRuns(root);
    process.stdout.write(`${json ? JSON.stringify(entries) : runListText(root, entries)}\n`);
    for (const { diagnostics } of failures) {
      for (const diagnostic of diagnostics) process.stderr.write(`warning: ${formatDiagnostic(diagnostic)}\n`);
    }
  });
}

function showCommand(): Command {
  return withOptions(new Command('show').description('one run: how far it is, and what it found'))
    .argument('<run>', 'the id of a run, or its folder')
    .action((run: string, { root, json }: RunsOptions) => {
      const summary = readRunSummary(findRun(root, run));
      process.stdout.write(`${json ? JSON.stringify(summary) : runText(summary)}\n`);
    });
}

function withOptions(command: Command): Command {
  return command
    .option('--root <folder>', 'the folder of the runs', 'runs')
    .option('--json', 'print one JSON document');
}
