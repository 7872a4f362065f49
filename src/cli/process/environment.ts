/** What a run notes of the machine and the program that ran it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { usableCores } from '#core/machine/cores';
import { backend } from '#networks/tensor/backend';
import { packageRoot } from '#networks/zoo/shipped';

export function packageVersion(): string {
  return (JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8')) as { version: string }).version;
}

export function environment(): object {
  const { name, version, isGpu } = backend();
  return {
    program: packageVersion(),
    commit: commit(),
    node: process.version,
    backend: name,
    tensorflow: version,
    gpu: isGpu,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: usableCores(),
    memoryBytes: totalmem(),
  };
}

/** The commit of the clone that runs, or null outside one. */
export function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: packageRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null; // not a clone, or no git: the version says what it can
  }
}
