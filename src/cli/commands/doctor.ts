/**
 * `mnv4-nas doctor`: checks whether this machine can run a search, and says how to mend what is missing. Only Node, the
 * packages and native TensorFlow are required; the other checks only inform.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { defineCommand } from '#cli/arguments/command-spec';
import { jsonOption } from '#cli/arguments/json-option';
import { triedGpu } from '#cli/process/gpu';
import { Failure } from '#core/failure';
import { isInstalledPackage, setUpCommand } from '#core/files/package-folder';
import { gib, inGib } from '#core/gibibytes';
import { coreQuota, usableCores } from '#core/machine/cores';
import { usableMemory } from '#core/machine/usable-memory';
import { type NativeImages, nativeImages } from '#data/images/decode/native-images';
import type { GpuVerdict } from '#networks/tensor/placement';
import { type LoadedTensorFlow, loadTensorFlow, type TensorFlowBinding } from '#networks/tensor/tensorflow';
import { type Check, failed, passed } from './check.js';
import { folderChecks } from './folder-checks.js';

export interface Diagnosis {
  /** True if the required checks passed: Node, the packages and native TensorFlow. */
  readonly ok: boolean;
  readonly backend: 'tensorflow' | null;
  readonly tensorflow: string | null;
  readonly threads: number;
  /** The GPU, tried by running ops; null without native TensorFlow. */
  readonly gpu: { readonly available: boolean; readonly detail: string } | null;
  readonly checks: readonly Check[];
}

const minMemoryBytes = 2 * gib; // a quick search on 32x32 images needs about 1 GiB

const setUp = `run ${setUpCommand()}`;

export const doctor = defineCommand({
  arguments: [],
  options: [jsonOption],
  examples: ['mnv4-nas doctor', 'mnv4-nas doctor --json'],
  async run() {
    const json = diagnose(await nativeImages());
    const failure = json.ok ? undefined : new Failure('backend', []);
    return { json, isIndented: true, text: () => diagnosisTable(json), failure };
  },
});

/** Checks this machine; loads TensorFlow and tries it. `images` is the tried decoder of pictures. */
export function diagnose(images: NativeImages): Diagnosis {
  const features = cpuFeatures();
  const cpu = cpuCheck(features);
  const { native, check } = cpu.ok ? tryNative() : { native: undefined, check: notTried };
  const gpu = native && triedGpu();
  const required = [nodeCheck(process.versions.node), packagesCheck(), check];
  return {
    ok: required.every(({ ok }) => ok),
    backend: native ? 'tensorflow' : null,
    tensorflow: native?.tensorflowVersion ?? null,
    threads: native?.threads ?? usableCores(),
    gpu: gpu ? { available: gpu.computes, detail: gpu.detail } : null,
    checks: [
      ...required,
      cpu,
      threadsCheck(),
      memoryCheck(),
      kernelsCheck(native?.kernels),
      picturesCheck(images),
      gpuCheck(gpu),
      ...folderChecks(),
    ],
  };
}

const notTried: Check = failed('tensorflow', 'not tried on this processor', 'see cpu');

/** Formats a diagnosis for people: one line per check, with its remedy below. */
export function diagnosisTable({ ok, checks }: Diagnosis): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map((check) => {
    const remedy = check.remedy === null ? '' : `\n${' '.repeat(width + 6)}-> ${check.remedy}`;
    return `${check.ok ? 'ok' : 'NO'}  ${check.name.padEnd(width)}  ${check.detail}${remedy}`;
  });
  return `${lines.join('\n')}\n\n${ok ? 'This machine is ready.' : 'Native TensorFlow does not run here.'}\n`;
}

export function kernelsCheck(
  kernels: LoadedTensorFlow['kernels'] | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Check {
  if (kernels === undefined) return failed('kernels', 'unknown without TensorFlow', setUp);
  const remedy = env.MNV4_KERNELS === 'tensorflow' ? 'unset MNV4_KERNELS' : setUp;
  return kernels.available ? passed('kernels', kernels.detail) : failed('kernels', kernels.detail, remedy);
}

/** A machine without GPU and CUDA passes; one whose GPU or CUDA is not used does not. */
export function gpuCheck(gpu: GpuVerdict | undefined): Check {
  if (gpu === undefined) return passed('gpu', 'unknown without TensorFlow');
  return gpu.remedy === undefined ? passed('gpu', gpu.detail) : failed('gpu', gpu.detail, gpu.remedy);
}

export function picturesCheck(
  { addon, detail }: NativeImages,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Check {
  const remedy = env.MNV4_PICTURES === 'sharp' ? 'unset MNV4_PICTURES' : setUp;
  return addon === undefined ? failed('pictures', detail, remedy) : passed('pictures', detail);
}

export function nodeCheck(version: string): Check {
  return Number.parseInt(version, 10) >= 20
    ? passed('node', version)
    : failed('node', `${version} is too old`, 'install Node 20 or later');
}

/** Checks that every dependency is installed in the version that package.json requires. */
function packagesCheck(): Check {
  const require = createRequire(import.meta.url);
  const { dependencies } = require('../../../package.json') as { dependencies: Record<string, string> };
  const found = (name: string) => installedVersion(require.resolve.paths(name) ?? [], name);
  const wrong = Object.entries(dependencies).filter(([name, version]) => found(name) !== version);
  return wrong.length === 0
    ? passed('packages', `${Object.keys(dependencies).length} dependencies in the required versions`)
    : failed('packages', `missing or in the wrong version: ${wrong.map(([name]) => name).join(', ')}`, reinstall);
}

const reinstall = isInstalledPackage() ? 'install mnv4-nas again' : setUp;

/** The version of a package in the first of these folders that has it. */
function installedVersion(folders: readonly string[], name: string): string | undefined {
  const file = folders.map((folder) => join(folder, name, 'package.json')).find(existsSync);
  return file && (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function tryNative(): { native: LoadedTensorFlow | undefined; check: Check } {
  try {
    const native = loadTensorFlow();
    const product = matrixProduct(native.binding);
    const check =
      product.join() === '17,39'
        ? passed('tensorflow', `${native.tensorflowVersion}, a matrix product is right`)
        : failed('tensorflow', `a matrix product is wrong: ${product.join()}`, `run ${setUpCommand('--rebuild')}`);
    return { native: check.ok ? native : undefined, check };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { native: undefined, check: failed('tensorflow', error.message, error.remedy ?? setUp) };
  }
}

/** Computes [[1, 2], [3, 4]] times [[5], [6]], which is 17, 39. */
function matrixProduct(binding: TensorFlowBinding): number[] {
  const left = binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
  const right = binding.createTensor([2, 1], binding.TF_FLOAT, new Float32Array([5, 6]));
  const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const outputs = binding.executeOp('MatMul', [type], [left, right], 1).map(({ id }) => id);
  const values = outputs.flatMap((id) => [...binding.tensorDataSync(id)]);
  for (const id of [left, right, ...outputs]) binding.deleteTensor(id);
  return values;
}

/** Returns the CPU flags that the kernel reports; `undefined` where it reports none (macOS). */
function cpuFeatures(): Set<string> | undefined {
  if (!existsSync('/proc/cpuinfo')) return undefined;
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  return line?.[1] === undefined ? undefined : new Set(line[1].split(' '));
}

export function cpuCheck(features: Set<string> | undefined, arch: string = process.arch): Check {
  const model = cpus()[0]?.model.trim() || arch;
  if (arch === 'x64' && features !== undefined && !features.has('avx')) {
    return failed('cpu', `${model} has no AVX, which TensorFlow needs`, 'use another machine');
  }
  const telling = ['avx2', 'fma', 'avx512f', 'amx_tile', 'asimd', 'bf16'].filter((name) => features?.has(name));
  return passed('cpu', [model, ...telling].join(', '));
}

function threadsCheck(): Check {
  const quota = coreQuota();
  const limit = quota === undefined ? '' : `, control group grants ${quota.toFixed(1)}`;
  return passed('threads', `${usableCores()} (${availableParallelism()} of ${cpus().length} cores usable${limit})`);
}

function memoryCheck(): Check {
  const { available, total } = usableMemory();
  const detail = `${inGib(available)} available of ${inGib(total)}`;
  return available >= minMemoryBytes
    ? passed('memory', detail)
    : failed('memory', detail, `end other programs or use smaller batches; ${inGib(minMemoryBytes)} are advisable`);
}
