/** Options of commands that compute with tensors, in one process or in several. */
import { backendNames } from '#networks/tensor/backend';
import type { OptionSpec } from './command-spec.js';
import { wholeNumber } from './whole-number.js';

export const backendOptions = [
  {
    flag: '--threads <n>',
    description: 'TensorFlow threads of each process (default: the cores divided by the workers)',
    parse: wholeNumber(1, 1024),
  },
  {
    flag: '--backend <name>',
    description: 'compute with native TensorFlow, or in plain JavaScript (cpu), which only suits tiny networks',
    choices: backendNames,
    default: 'tensorflow',
  },
] as const satisfies readonly OptionSpec[];

export const requireGpuOption = {
  flag: '--require-gpu',
  description: 'exit with 5 unless TensorFlow computes on a GPU, which some ops try first',
} as const satisfies OptionSpec;

/** Options of a command whose steps several processes may share. */
export const workerOptions = [
  {
    flag: '--workers <n>',
    description:
      'processes that share each step (default: one per core or, with CUDA, per GPU, at most one per sampled architecture or micro-batch)',
    parse: wholeNumber(1, 1024),
  },
  ...backendOptions,
] as const satisfies readonly OptionSpec[];
