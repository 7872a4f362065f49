/** Finds out on which device TensorFlow runs ops, by running some in a process that logs their placement. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setUpCommand } from '#core/files/package-folder';

/** The device of each op of the trial, such as `GPU:0`; or the reason why there is none. */
export type Placement = { readonly devices: Readonly<Record<string, string>> } | { readonly problem: string };

export interface GpuEvidence {
  /** True if TensorFlow was set up with CUDA. */
  readonly hasCuda: boolean;
  /** The GPUs that CUDA should see. */
  readonly gpus: readonly string[];
  readonly placement: Placement;
}

export interface GpuVerdict {
  /** True if all ops of the trial ran on a GPU and had the right values. */
  readonly computes: boolean;
  readonly detail: string;
  /** Advice where a GPU should compute but does not; absent on a machine without GPU and CUDA. */
  readonly remedy?: string;
}

/** The program of the trial, from the build even when tests run src/. */
const program = fileURLToPath(new URL('../../../dist/networks/tensor/placement-trial.js', import.meta.url));
const limitMs = 120_000; // a first start compiles kernels for a GPU newer than the library, which takes a minute

/** Runs the trial in a separate process with this environment. */
export function triedPlacement(env: NodeJS.ProcessEnv): Placement {
  const logged = { ...env, TF_CPP_MIN_LOG_LEVEL: '0', TF_CPP_VMODULE: 'execute=1' };
  const { status, signal, stderr } = spawnSync(process.execPath, [program], {
    env: logged,
    encoding: 'utf8',
    timeout: limitMs,
  });
  const devices = placedOps(stderr);
  if (status === 0 && Object.keys(devices).length > 0) return { devices };
  const error = /^\w*Error: .*|^.*native TensorFlow does not load: .*/m.exec(stderr)?.[0];
  return { problem: error ?? `the trial ended with ${signal ?? status}` };
}

/** The device on which each op ran, from TensorFlow's log. */
export function placedOps(log: string): Record<string, string> {
  const lines = log.matchAll(/Executing op (\w+) in device \S*\/device:(\w+:\d+)/g);
  return Object.fromEntries([...lines].map(([, op, device]) => [op as string, device as string]));
}

const untested = 'this program has not been tested on a real GPU';

export function gpuVerdict({ hasCuda, gpus, placement }: GpuEvidence): GpuVerdict {
  if ('problem' in placement) return verdict(false, placement.problem, `run ${setUpCommand()}`);
  const ops = Object.entries(placement.devices);
  const where = ops.map(([op, device]) => `${op} ran on ${device}`).join(', ');
  const onGpu = ops.filter(([, device]) => device.startsWith('GPU')).length;
  if (onGpu === ops.length) return verdict(true, `${where}; ${untested}`);
  if (onGpu > 0) return verdict(false, `only some ops run on the GPU: ${where}`, 'install cuDNN and CUDA that match');
  if (gpus.length === 0 && !hasCuda) return verdict(false, `none: ${where}; ${untested}`);
  if (!hasCuda) {
    const detail = `${gpus.length} GPUs are here, but TensorFlow was set up without CUDA: ${where}`;
    return verdict(false, detail, `run ${setUpCommand('--gpu')}`);
  }
  const seen = gpus.length === 0 ? 'no GPU is visible' : `${gpus.length} GPUs are visible, but not used`;
  return verdict(false, `${seen}: ${where}`, 'check the driver (`nvidia-smi`) and CUDA_VISIBLE_DEVICES');
}

function verdict(computes: boolean, detail: string, remedy?: string): GpuVerdict {
  return { computes, detail, ...(remedy === undefined ? {} : { remedy }) };
}
