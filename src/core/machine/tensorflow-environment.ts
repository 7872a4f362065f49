/** Environment variables of TensorFlow's library. It reads them once, so they must be set before it is loaded. */

/**
 * Settings that override the user's: with other values TensorFlow 2.21 calls oneDNN kernels that corrupt the heap:
 * filter gradients, and the AVX-512 matrix products behind TensorFlow's own products.
 */
const soundKernels = {
  TF_ENABLE_ONEDNN_OPTS: '0', // kernels are chosen op by op, by name (networks/tensor/onednn.ts)
  ONEDNN_MAX_CPU_ISA: 'AVX2', // our own kernels still use AVX-512
};

const defaults = {
  TF_CPP_MIN_LOG_LEVEL: '2', // errors only
  TF_CPU_ALLOCATOR_USE_BFC: '1', // a training step 83 -> 72 ms, measured on 2 cores
  TF_FORCE_GPU_ALLOW_GROWTH: 'true', // by default one process takes all memory of a GPU
};

/** Sets the variables that our measurements favour; other variables of the user are kept. */
export function setTensorFlowEnvironment(): void {
  Object.assign(process.env, soundKernels);
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}
