import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mpiJobs } from '#tasks/cluster/kubernetes/mpi-job';
import { type PodSettings, places, podTemplate } from '#tasks/cluster/kubernetes/pod';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const settings: PodSettings = {
  ...{ image: 'x', claim: 'x', configMap: 'x', configPaths: new Map(), cores: 1, memory: '1Gi', graceSeconds: 1 },
  ...{ labels: {}, nodeLabels: {} },
};

it('runs as the user of the manifests, with the folders that they mount', () => {
  const { runAsUser, runAsGroup } = podTemplate(settings, [{ name: 'x', arguments: [] }]).spec.securityContext;
  expect(dockerfile).toContain(`USER ${runAsUser}:${runAsGroup}`);
  expect(dockerfile).toContain(`--gid ${runAsGroup} mnv4-nas`);
  expect(dockerfile).toContain(`MNV4_CACHE=${places.cache}`);
  expect(dockerfile).toContain(`WORKDIR ${places.data}`);
});

it('gives sshd the key that the MPI operator mounts, on the port that the manifests name', () => {
  const jobs = [{ runId: 'x', arguments: [] }];
  const plan = { name: 'x', arrays: [{ kind: 'coarse', workers: { count: 2 }, jobs }] } as const;
  const manifest = JSON.stringify(mpiJobs(plan, 'x', 2, settings));
  const [, folder] = /"sshAuthMountPath":"([^"]+)"/.exec(manifest) ?? [];
  const [, port] = /"containerPort":(\d+)/.exec(manifest) ?? [];
  const server = readFileSync('container/sshd_config', 'utf8');
  expect(server).toContain(`HostKey ${folder}/id_rsa`);
  for (const text of [server, readFileSync('container/ssh_config', 'utf8')]) expect(text).toContain(`Port ${port}\n`);
});

it('has a Node that the program accepts, and all that its build needs in the context', () => {
  const [, major] = /node:(\d+)-bookworm-slim/.exec(dockerfile) ?? [];
  const [, least] = /(\d+)/.exec(JSON.parse(readFileSync('package.json', 'utf8')).engines.node) ?? [];
  expect(Number(major)).toBeGreaterThanOrEqual(Number(least));
  const context = readFileSync('.dockerignore', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'));
  const needed = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'scripts'];
  for (const name of [...needed, 'configs', 'search-spaces', 'container']) {
    expect(context).toContain(`!${name}`);
    expect(existsSync(join('.', name))).toBe(true);
  }
});
