/** Runs ONNX models in ONNX Runtime on the CPU: to check and measure exports, and as teachers. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { Failure } from '#core/failure';
import { fileKind } from '#core/files/file-kind';
import { readBytes } from '#core/files/files';
import { isInstalledPackage, nativeFolder, setUpCommand } from '#core/files/package-folder';
import { shownError } from '#core/shown';

type OnnxRuntime = typeof import('onnxruntime-node');

export interface OnnxSession {
  readonly input: OnnxPort;
  readonly output: OnnxPort;
  /** Name and version, such as `ONNX Runtime 1.2.3`. */
  readonly runtime: string;
  /**
   * Computes the output's values, row by row.
   *
   * @param values  the input's values, row by row; borrowed
   */
  run(values: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  release(): Promise<void>;
}

/** An input or output; an axis whose extent may vary has a name. */
export interface OnnxPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/**
 * Opens a model with one float32 input and one float32 output; the caller releases it.
 *
 * @param model    a file or its bytes
 * @param name     the model's name in failures
 * @param threads  threads per op; by default ONNX Runtime decides
 */
export async function openOnnxSession(
  model: string | Uint8Array,
  { name, threads }: { readonly name: string; readonly threads?: number | undefined },
): Promise<OnnxSession> {
  const { InferenceSession, Tensor, env } = loadOnnxRuntime();
  const options: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    interOpNumThreads: 1,
    logSeverityLevel: 4, // fatal only: other errors are thrown, and we report them
    extra: { session: { x64quantprecision: '1' } }, // processors without VNNI: no sums in 16 bits, which overflow
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  };
  const session = await created(name, model, () =>
    typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options),
  );
  const [input, output] = [
    onlyPort(name, 'input', session.inputMetadata),
    onlyPort(name, 'output', session.outputMetadata),
  ];
  return {
    input,
    output,
    runtime: `ONNX Runtime ${env.versions.node ?? env.versions.common}`,
    async run(values, shape) {
      const results = await session.run({ [input.name]: new Tensor('float32', values, shape) });
      return results[output.name]?.data as Float32Array;
    },
    release: () => session.release(),
  };
}

/** Requires that ONNX Runtime is installed; a backend failure if it is not. */
export function requireOnnxRuntime(): void {
  onnxRuntimeFile();
}

/**
 * The runtime's main file: that of the package that users install next to this one (in a clone, a development
 * dependency), else that which set-up has put in the cache.
 */
function onnxRuntimeFile(): string {
  for (const from of [import.meta.url, join(nativeFolder(), 'onnxruntime', 'package.json')]) {
    try {
      return createRequire(from).resolve('onnxruntime-node');
    } catch {
      // the next place
    }
  }
  const remedy = `run ${isInstalledPackage() ? setUpCommand('--onnx') : '`npm ci`'} (114 MB to download)`;
  throw new Failure('backend', 'ONNX Runtime is not installed', remedy);
}

/** Loads the runtime on first use, since it takes a tenth of a second and 46 MB. */
function loadOnnxRuntime(): OnnxRuntime {
  const file = onnxRuntimeFile();
  try {
    return createRequire(import.meta.url)(file) as OnnxRuntime;
  } catch (error) {
    const remedy = 'on a platform that ONNX Runtime is not built for, use another one for this';
    throw new Failure('backend', `ONNX Runtime does not load: ${(error as Error).message}`, remedy);
  }
}

async function created(
  file: string,
  model: string | Uint8Array,
  create: () => Promise<InferenceSession>,
): Promise<InferenceSession> {
  try {
    return await create();
  } catch (error) {
    const kind = fileKind(typeof model === 'string' ? readBytes(model) : model);
    if (kind !== undefined && kind !== 'an ONNX model') {
      throw new Failure('data', { file, message: `expected a model that ONNX Runtime loads; got ${kind}` });
    }
    const got = shownError(error).replace(/\/onnxruntime_src\S* .*?\) (?=[A-Z])/, ' '); // its source position
    const message = `expected a model that ONNX Runtime loads; got: ${got}`;
    throw new Failure('data', { file, message }, newerRemedy(got));
  }
}

/**
 * The remedy for a model of a newer ONNX version than ONNX Runtime supports, such as the newest onnx package writes.
 */
function newerRemedy(got: string): string | undefined {
  const [, ir] = /max supported IR version: (\d+)/.exec(got) ?? [];
  if (ir !== undefined) return `save it with ir_version ${ir} or lower, and with an opset of that time`;
  const [, opset] = /support for domain ai\.onnx is till opset (\d+)/.exec(got) ?? [];
  return opset && `export it with opset ${opset} or lower`;
}

function onlyPort(file: string, what: 'input' | 'output', ports: readonly InferenceSession.ValueMetadata[]): OnnxPort {
  const [port] = ports;
  if (ports.length === 1 && port?.isTensor === true && port.type === 'float32') return port;
  const got = ports.map((other) => `${other.name} (${other.isTensor ? other.type : 'no tensor'})`).join(', ');
  throw new Failure('data', { file, message: `expected one ${what} of float32; got ${got || 'none'}` });
}
