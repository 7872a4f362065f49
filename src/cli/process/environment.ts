/** The record of machine and program in a run's `environment.json`. */
import { cpus, totalmem } from 'node:os';
import { usableCores } from '#core/machine/cores';
import { backend } from '#networks/tensor/backend';
import { commit, packageVersion } from './version.js';

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
