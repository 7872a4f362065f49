import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { applyScript } from '#tasks/cluster/kubernetes/apply-script';
import { newFolder } from '#test/data/fixtures';

/** Runs the script with a kubectl that notes its arguments and finds the preparation in this condition. */
function applied(files: readonly string[], condition: 'Complete' | 'Failed') {
  const folder = newFolder();
  const kubectl = `#!/bin/sh
echo "$*" >> calls
case "$*" in wait*--for=condition=${condition}*|apply*) ;; *) exit 1 ;; esac
`;
  writeFileSync(join(folder, 'kubectl'), kubectl);
  chmodSync(join(folder, 'kubectl'), 0o755);
  writeFileSync(join(folder, 'apply.sh'), applyScript('mine', files));
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
  const { status, stderr } = spawnSync('sh', [join(folder, 'apply.sh'), '--namespace', 'a b'], {
    env,
    encoding: 'utf8',
  });
  return { status, stderr, calls: readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') };
}

const apply = (file: string) => `apply --server-side --namespace a b -f ${file}`;
const wait = 'wait --namespace a b --for=condition=Complete --timeout=30s job/mine-prepare';

it('submits the searches once the preparation is complete', () => {
  const { status, calls } = applied(['10-files.yaml', '20-prepare.yaml', '30-search.yaml'], 'Complete');
  expect(status).toBe(0);
  expect(calls).toEqual([apply('10-files.yaml'), apply('20-prepare.yaml'), wait, apply('30-search.yaml')]);
});

it('submits no searches if the preparation failed, and says where to look', () => {
  const { status, stderr, calls } = applied(['20-prepare.yaml', '30-search.yaml'], 'Failed');
  expect([status, stderr]).toEqual([
    1,
    'the preparation failed; see: kubectl logs job/mine-prepare --all-containers\n',
  ]);
  expect(calls).not.toContain(apply('30-search.yaml'));
});

it('waits for nothing without a preparation', () => {
  expect(applied(['10-files.yaml', '30-search.yaml'], 'Complete').calls).toHaveLength(2);
});
