/** `mnv4-nas runs prune`: removes old, failed or inferior runs; without --yes it only lists them. */
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { defineCommand } from '#cli/arguments/command-spec';
import { duration } from '#cli/arguments/duration';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { wholeNumber } from '#cli/arguments/whole-number';
import { standardReporter } from '#cli/terminal/log';
import { pruneText } from '#cli/terminal/runs-text';
import { Failure } from '#core/failure';
import { aged, folderBytes, prunable, removeRun } from '#jobs/runs/prune';
import { listRuns } from '#jobs/runs/run-entries';

const removable = ['stopped', 'failed', 'done'] as const;
type Removable = (typeof removable)[number];

export const runsPrune = defineCommand({
  description:
    'remove the runs under a folder that meet all given conditions, except those in progress; without --yes, only list them',
  arguments: [],
  options: [
    rootOption,
    { flag: '--older <duration>', description: 'unchanged for at least 90m, 12h or 30d', parse: duration },
    {
      flag: '--status <names>',
      description: 'stopped, failed, done, or several with commas',
      parse: statuses,
      suggests: removable,
    },
    {
      flag: '--keep-best <n>',
      description: 'not among the best n finished runs of their stage, by reward or, for trainings, by quality',
      parse: wholeNumber(1),
    },
    { flag: '--yes', description: 'remove them' },
    jsonOption,
  ],
  examples: ['mnv4-nas runs prune --older 30d --status failed,stopped', 'mnv4-nas runs prune --keep-best 5 --yes'],
  async run(_, { root, older: olderMs, status, keepBest, yes }) {
    if (olderMs === undefined && status === undefined && keepBest === undefined) {
      throw new Failure('usage', 'expected --older, --status or --keep-best, which choose the runs; got none of them');
    }
    const runs = aged(root, listRuns(root).entries, Date.now());
    const chosen = prunable(runs, { olderMs, statuses: status, keepBest }).map((run) => ({
      ...run,
      bytes: folderBytes(join(root, run.id)),
    }));
    const settling = { notice: standardReporter().note, shouldStop: () => false };
    if (yes) for (const { id } of chosen) await removeRun(root, id, settling);
    return { json: { removed: yes, runs: chosen }, text: () => pruneText(root, chosen, yes ?? false) };
  },
});

function statuses(text: string): readonly Removable[] {
  const names = text.split(',');
  const known = names.flatMap((name) => removable.find((status) => status === name) ?? []);
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`expected ${removable.join(', ')}, or several with commas`);
}
