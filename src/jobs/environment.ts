/** The record of machine and program in a run's `environment.json`. */
import { cpus, totalmem } from 'node:os';
import { packageCommit, packageVersion } from '#core/files/package-folder';
import { usableCores } from '#core/machine/cores';
import { backend } from '#networks/tensor/backend';
import { multipliesHalf } from '#networks/tensor/custom-ops';

export function environment(): object {
  const { name, version, isGpu } = backend();
  return {
    program: packageVersion(),
    commit: packageCommit(),
    node: process.version,
    backend: name,
    tensorflow: version,
    gpu: isGpu,
    multipliesHalf: multipliesHalf(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: usableCores(),
    memoryBytes: totalmem(),
  };
}
