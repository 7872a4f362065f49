import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { follow, followRun } from '#jobs/runs/follow';
import { opened, temporaryFolder } from './run-fixture.js';

const line = (step: number) => `${JSON.stringify({ step, loss: 1 / step })}\n`;

it('the events of several runs are told once each, from the latest on, until all runs have ended', async () => {
  const root = temporaryFolder();
  const runs = ['a', 'b'].map((id) => opened(root, { id }));
  const logs = runs.map(({ folder }) => join(folder, 'events.jsonl'));
  const [a, b] = logs as [string, string];
  writeFileSync(a, line(1) + line(2));
  const told: string[] = [];
  const later = [
    () => appendFileSync(b, line(1)),
    () => appendFileSync(a, line(3) + line(4).slice(0, 5)), // a line that is being written
    () => appendFileSync(a, line(4).slice(5)),
    () => writeFileSync(a, line(1) + line(2)), // resumed after step 2
    () => appendFileSync(a, line(3)),
    () => runs[1]?.finish('stopped', 'on request'),
    () => {
      appendFileSync(a, line(4));
      runs[0]?.finish('done');
    },
  ];
  await follow(
    runs.map(({ folder }) => followRun(folder)),
    {
      event: (run, { step }) => told.push(`${run}${step}`),
      ended: ({ id, status }) => told.push(`${id} ${status}`),
      pause: async () => later.shift()?.(),
    },
  );
  expect(told).toEqual(['a2', 'b1', 'a3', 'a4', 'a2', 'a3', 'b stopped', 'a4', 'a done']);
});
