#!/usr/bin/env node
// @ts-check
/**
 * `npm run proof:k8s:install`: builds the engines of `npm run proof:k8s` into the cache: manifest-check, the API server and
 * the controller manager with Go, at the lowest priority (about 10 minutes of processor time, 5 GB while building), and
 * unpacks Debian's etcd and tini. `-- --check` builds manifest-check alone (4 minutes, 2 GB). Exits with 5 if a tool is
 * missing.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder, missing, version } from './engines.mjs';

const sources = join(import.meta.dirname, 'manifest-check');
const work = join(folder, 'build');
const goSettings = {
  GOMODCACHE: join(work, 'modules'),
  GOCACHE: join(work, 'cache'),
  GOFLAGS: '-mod=mod -buildvcs=false -modcacherw',
  CGO_ENABLED: '0',
};
const servers = ['kube-apiserver', 'kube-controller-manager'].map((name) => `k8s.io/kubernetes/cmd/${name}`);

if (spawnSync('go', ['version']).status !== 0) {
  console.error('k8s: Go is not installed; install Go 1.26 or later, whose command is go');
  process.exit(5);
}
const onlyCheck = process.argv.includes('--check');
mkdirSync(join(folder, 'bin'), { recursive: true });
buildPrograms(onlyCheck ? [] : servers);
if (!onlyCheck) unpackDebian(['etcd-server', 'tini']);

/** @param {readonly string[]} packages  built besides manifest-check */
function buildPrograms(packages) {
  const programs = missing([
    'manifestCheck',
    ...(packages.length > 0 ? /** @type {const} */ (['apiServer', 'controllerManager']) : []),
  ]);
  if (programs.length === 0) return;
  mkdirSync(work, { recursive: true });
  for (const name of readdirSync(sources)) copyFileSync(join(sources, name), join(work, name));
  writeFileSync(join(work, 'go.mod'), moduleFile());
  const imports = packages.map((name) => `\t_ "${name}"\n`).join('');
  writeFileSync(join(work, 'servers.go'), `//go:build tools\n\npackage main\n\nimport (\n${imports})\n`);
  run('go', ['mod', 'tidy', '-e']);
  const [major, minor] = version.split('.');
  const facts = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(facts).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`);
  const stamp = ['-s -w', ...stamps].join(' ');
  for (const name of ['.', ...packages]) {
    const program = name === '.' ? 'manifest-check' : /** @type {string} */ (name.split('/').at(-1));
    console.log(`k8s: go build ${program}`);
    run('go', ['build', '-p', '1', '-ldflags', stamp, '-o', join(folder, 'bin', program), name]);
  }
  rmSync(work, { recursive: true, force: true });
}

/** The module of our program: Kubernetes, with its libraries at the version that its own go.mod takes from folders. */
function moduleFile() {
  const { GoMod: path } = JSON.parse(run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`], 'pipe'));
  const text = readFileSync(path, 'utf8');
  const [go = ''] = /^go .*$/m.exec(text) ?? [];
  const libraries = [...text.matchAll(/^\t(k8s\.io\/[a-z0-9-]+) => \.\//gm)].map(([, name]) => name);
  const replaced = libraries.map((name) => `\t${name} => ${name} v0.${version.slice(2)}\n`).join('');
  return `module manifest-check\n\n${go}\n\nrequire k8s.io/kubernetes v${version}\n\nreplace (\n${replaced})\n`;
}

/** @param {readonly string[]} packages */
function unpackDebian(packages) {
  if (missing(['etcd', 'tini']).length === 0) return;
  const target = join(folder, 'debian');
  mkdirSync(target, { recursive: true });
  for (const name of packages) {
    run('apt-get', ['download', name], 'inherit', target);
    const file = readdirSync(target).find((entry) => entry.startsWith(`${name}_`)) ?? name;
    run('dpkg', ['-x', file, '.'], 'inherit', target);
    rmSync(join(target, file));
  }
}

/**
 * Runs a tool at the lowest priority; the proof cannot go on without it.
 *
 * @param {string} command @param {readonly string[]} args @param {'inherit' | 'pipe'} output @param {string} cwd
 */
function run(command, args, output = 'inherit', cwd = work) {
  const env = { ...process.env, ...goSettings };
  const { status, stdout, error } = spawnSync('nice', ['-n', '19', command, ...args], {
    cwd,
    env,
    stdio: ['ignore', output, 'inherit'],
  });
  if (status === 0) return String(stdout ?? '');
  console.error(`k8s: ${command} ${args[0]} ended with ${status ?? error?.message}`);
  process.exit(5);
}
