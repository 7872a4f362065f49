// The sides of the benchmark: the environment of PyTorch, and the command that starts each side's server.
import { fileURLToPath } from 'node:url';
import { usableCores } from '#core/machine/cores';
import { pythonEnvironment, torchPins } from '../../python/environment.mjs';

export const peerEnvironment = pythonEnvironment('peer', torchPins);
export const jaxEnvironment = pythonEnvironment('peer-jax', {
  jax: '0.10.2',
  jaxlib: '0.10.2',
  numpy: torchPins.numpy,
});

const tuned = {
  // By default, glibc returns memory blocks of this size to the system after each use and pays page faults for new
  // ones; with these settings it keeps them (for the malloc of a PyTorch process that trains convolutions on a CPU).
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
};

/** Variables that a shell may have set and that no way uses. */
const foreign = ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'ONEDNN_MAX_CPU_ISA', 'ATEN_CPU_CAPABILITY', 'PYTHONPATH'];

/** Keeps PyTorch from AVX-512 or AMX where our kernels are compiled without. */
const narrow =
  {
    avx2: { ATEN_CPU_CAPABILITY: 'avx2', ONEDNN_MAX_CPU_ISA: 'AVX2', MKL_ENABLE_INSTRUCTIONS: 'AVX2' },
    avx512: { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16', MKL_ENABLE_INSTRUCTIONS: 'AVX512' },
  }[process.env.MNV4_VECTOR] ?? {};

/**
 * The sides that ours is compared with: ways to run PyTorch, and our own with one worker, which takes samples in turn.
 */
export const ways = {
  default: { title: 'PyTorch, one process', ranks: 1, env: {} },
  tuned: { title: 'PyTorch, one process, tuned allocator', ranks: 1, env: tuned },
  ddp: { title: 'PyTorch, two processes (DDP, gloo), tuned allocator', ranks: 2, env: tuned },
  bf16: {
    title: 'PyTorch, one process, tuned allocator, bf16 autocast',
    ranks: 1,
    env: { ...tuned, PEER_AUTOCAST: '1' },
  },
  compile: {
    title: 'PyTorch, one process, tuned allocator, torch.compile',
    ranks: 1,
    env: { ...tuned, PEER_COMPILE: '1' },
  },
  jax: { title: 'JAX, jit', python: jaxEnvironment },
  'one-worker': { title: 'ours, one worker', workers: 1 },
  full: { title: 'ours, full precision', precision: 'full' },
};

/** The default number of our workers: one per core, but no more than the samples of a step. */
export function defaultWorkers({ samples }) {
  return Math.min(usableCores(), samples);
}

/** True if a way is compared with a workload: a compiler only where one network is trained, since it compiles each. */
export function isCompared(way, { isOneModel }) {
  return isOneModel || !['compile', 'jax'].includes(way);
}

/** True if a side rounds to bfloat16. */
export function isRounded(way, precision) {
  return precision !== 'full' || way === 'bf16';
}

/** Our server; the threads of a worker are the cores divided by the default number of workers. */
export function ourServer(workload, { workers, precision }, folder = []) {
  const threads = Math.max(1, Math.floor(usableCores() / defaultWorkers(workload)));
  const args = [at('ours.mjs'), workload.name, String(workers), String(threads), precision].concat(folder);
  return { title: `ours, workers: ${workers}, precision: ${precision}`, command: process.execPath, args };
}

/** The server of a way, for a workload whose exchange lies in `folder`. */
export function otherServer(way, workload, own, folder) {
  const { title, ranks, env, python, ...changes } = ways[way];
  if (python !== undefined) return { title, command: python.python, args: ['-B', at('jax_peer.py'), folder] };
  if (ranks === undefined) return { ...ourServer(workload, { ...own, ...changes }), title };
  const inherited = { ...process.env };
  for (const name of [...Object.keys(tuned), ...foreign]) delete inherited[name];
  return {
    title,
    command: peerEnvironment.python,
    args: ['-B', at('peer.py'), folder, String(ranks)],
    env: { ...inherited, ...narrow, ...env },
  };
}

function at(script) {
  return fileURLToPath(new URL(script, import.meta.url));
}
