/** `runs report` as the built program writes it: with the style that the build copies and the libraries as packaged. */
import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { program } from '#test/cli/program';
import { temporaryFolder } from '#test/jobs/runs/run-fixture';
import { madeRun } from '#test/tasks/report/run/report-fixture';

it('writes one page of a finished run and one in progress, and names a damaged line', {
  timeout: 120_000,
}, async () => {
  const root = temporaryFolder();
  madeRun({ root, id: 'seed-1' });
  const running = madeRun({ root, id: 'seed-2', result: undefined, logged: [20] });
  const log = join(running, 'events.jsonl');
  appendFileSync(log, '{"step":\n');
  const out = join(root, 'page.html');
  const args = ['runs', 'report', 'seed-1', 'seed-2', '--root', root, '--out', out];
  const { status, stdout, stderr } = await program(args);
  expect([status, stdout]).toEqual([
    0,
    expect.stringMatching(/^wrote .*page\.html \(0\.\d MB\) about seed-1, seed-2\n$/),
  ]);
  expect(stderr).toContain(`${log}:2: damaged, so this line is left out`);
  const html = readFileSync(out, 'utf8');
  expect(html.length).toBeLessThan(2_000_000);
  for (const part of ['.verdict {', 'class Page {', 'vegaLite={}', '.vega={}', 'in progress', 'target met']) {
    expect(html, part).toContain(part);
  }
  expect(html.match(/<(script|link|img)[^>]* (src|href)=/g)).toBeNull();

  const json = await program([...args, '--json'], { cwd: dirname(out) });
  const runs = [
    { id: 'seed-1', stage: 'coarse', status: 'done', step: 40, steps: 40, notices: [] },
    {
      id: 'seed-2',
      stage: 'coarse',
      status: 'running',
      step: 20,
      steps: 40,
      notices: [expect.stringContaining('damaged')],
    },
  ];
  expect(JSON.parse(json.stdout)).toEqual({ file: out, bytes: Buffer.byteLength(html), runs });
});
