/** `mnv4-nas runs watch`: prints the events of runs as they are written, until none of the runs is in progress. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { rootOption } from '#cli/arguments/root-option';
import { eventText } from '#cli/terminal/runs-text';
import { follow, followRun } from '#jobs/runs/follow';
import { listRuns } from '#jobs/runs/run-entries';
import { findRun } from '#jobs/runs/run-summary';

const pollMs = 1000; // an interval of a small search takes about a second

export const runsWatch = defineCommand({
  description:
    'print the events of runs as they are written, one line each (with --json as JSON Lines), until none of the runs is in progress',
  arguments: [{ name: '[runs...]', description: 'ids or folders of runs (default: all in progress)' }],
  options: [rootOption, jsonOption],
  examples: ['mnv4-nas runs watch', 'mnv4-nas runs watch quickstart-coarse --json'],
  async run([runs], { root, json }) {
    const folders = runs.length > 0 ? runs.map((run) => findRun(root, run)) : inProgress(root);
    const followed = folders.map(followRun);
    const steps = new Map(followed.map((run) => [run.id, run.state().steps]));
    const print = (value: object, text: string) =>
      void process.stdout.write(`${json ? JSON.stringify(value) : text}\n`);
    await follow(followed, {
      event: (run, event) => print({ run, ...event }, eventText(run, event, steps.get(run) as number)),
      ended: ({ id, status, step, steps, reason }) =>
        print({ run: id, status, step, steps, reason }, `${id}  ${status} after step ${step} of ${steps}`),
      pause: () => sleep(pollMs),
    });
    return { text: () => (folders.length === 0 ? `no run in progress under ${root}` : '') };
  },
});

function inProgress(root: string): string[] {
  const { entries } = listRuns(root);
  return entries.filter(({ status }) => status === 'running').map(({ id }) => join(root, id));
}
