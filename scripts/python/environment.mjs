// Python virtual environments in the cache, outside the clone, for the peer benchmark and the proof of interoperation.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { isInstalled, pythonEnvironment } from '#data/runtimes/python-environment';

export { isInstalled, pythonEnvironment };

/** Pins that environments share, so that pip's cache serves the second one. */
export const torchPins = { torch: '2.15.0', numpy: '2.4.2' };

/** Makes an environment with pip unless it exists; on failure, prints the problem with its remedy and exits with 5. */
export function install({ name, pins, folder, python, installedMark }) {
  const wanted = Object.entries(pins).map(([name, version]) => `${name}==${version}`);
  if (isInstalled({ installedMark, python })) {
    console.error(`${name}: ${wanted.join(', ')} in ${folder}`);
    return;
  }
  const attempt = attempts(name);
  if (!existsSync(python)) {
    const remedy = 'it needs Python 3.11 or later with venv (Debian: apt-get install python3-venv)';
    attempt('python3', ['-m', 'venv', folder], remedy);
  }
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--only-binary=:all:', ...wanted];
  attempt(python, pip, 'check the network and the package index of pip; it needs up to 6 GB of disk');
  const found = attempt(python, ['-B', '-c', versions(pins)], `remove ${folder} and run this again`, 'pipe');
  writeFileSync(installedMark, found);
  console.error(`${name}: installed ${wanted.join(', ')} in ${folder}`);
}

/** A Python program that prints the installed versions of the packages as JSON. */
function versions(pins) {
  const names = JSON.stringify(Object.keys(pins));
  return `import json; from importlib.metadata import version; print(json.dumps({n: version(n) for n in ${names}}))`;
}

/** Returns a function that runs a command and returns its output; on failure, it prints the remedy and exits with 5. */
function attempts(name) {
  return (command, args, remedy, stdout = process.stderr) => {
    const ran = spawnSync(command, args, { stdio: ['ignore', stdout, 'inherit'] });
    if (ran.status === 0) return ran.stdout;
    const { status, signal, error } = ran;
    const reason = error?.code === 'ENOENT' ? 'not found' : (error?.message ?? `ended with ${signal ?? status}`);
    console.error(`${name}: ${command} ${args.slice(0, 3).join(' ')}: ${reason}\n  ${remedy}`);
    process.exit(5);
  };
}
