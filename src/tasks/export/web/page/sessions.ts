/// <reference lib="dom" />
/** The network in one of the page's runtimes, each loaded when it is chosen first. */
import type { WebRuntimeId } from '../runtimes.js';

/** A loaded network. */
export interface Session {
  /** Logits [K] of one image [H, W, C]. */
  run(values: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/** Extents of the input: 1, height, width, channels. */
export type InputShape = [number, number, number, number];

/** Loads the network in a runtime; rejects where the browser cannot run it. */
export function openSession(id: WebRuntimeId, shape: InputShape): Promise<Session> {
  return openers[id](shape);
}

const openers: Readonly<Record<WebRuntimeId, (shape: InputShape) => Promise<Session>>> = {
  litert: (shape) => litertSession('model.tflite', shape),
  'litert-int8': (shape) => litertSession('model-int8.tflite', shape),
  'tfjs-webgl': (shape) => tfjsSession('webgl', shape),
  'tfjs-wasm': (shape) => tfjsSession('wasm', shape),
  'tfjs-cpu': (shape) => tfjsSession('cpu', shape),
};

/** The address of a file of the folder that holds the page. */
function address(file: string): string {
  return new URL(`../${file}`, import.meta.url).href;
}

/** The part of `@litertjs/core` that is used here. */
interface LitertLibrary {
  loadLiteRt(folder: string): Promise<unknown>;
  loadAndCompile(file: string, options: { accelerator: 'wasm' }): Promise<LitertModel>;
  readonly Tensor: new (values: Float32Array, shape: InputShape) => LitertTensor;
}

interface LitertModel {
  run(input: LitertTensor): Promise<LitertTensor[]>;
  delete(): void;
}

interface LitertTensor {
  data(): Promise<Float32Array>;
  delete(): void;
}

async function litertSession(file: string, shape: InputShape): Promise<Session> {
  const { loadAndCompile, Tensor } = await litertLibrary();
  const model = await loadAndCompile(address(file), { accelerator: 'wasm' });
  return {
    run: async (values) => {
      const input = new Tensor(values, shape);
      const outputs = await model.run(input);
      const logits = (await (outputs[0] as LitertTensor).data()).slice();
      for (const tensor of [input, ...outputs]) tensor.delete();
      return logits;
    },
    dispose: () => model.delete(),
  };
}

let litert: Promise<LitertLibrary> | undefined;

function litertLibrary(): Promise<LitertLibrary> {
  litert ??= (async () => {
    const library = (await import(address('libraries/litert/litert.js'))) as LitertLibrary;
    Object.assign(globalThis, { Module: { printErr: log } }); // taken by its loader
    await library.loadLiteRt(address('libraries/litert/'));
    return library;
  })();
  litert.catch(() => {
    litert = undefined; // so that the next choice tries again
  });
  return litert;
}

/** LiteRT's log, which would otherwise be all errors: what it says on loading is no error. */
function log(line: string): void {
  if (/^(INFO|VERBOSE|WARNING):/.test(line)) console.debug(line);
  else console.error(line);
}

/** The part of TensorFlow.js that is used here. */
interface TfjsLibrary {
  env(): { set(flag: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  loadGraphModel(file: string): Promise<{ predict(input: TfjsTensor): TfjsTensor; dispose(): void }>;
  tensor(values: Float32Array, shape: InputShape): TfjsTensor;
  readonly wasm: { setWasmPaths(folder: string): void };
}

interface TfjsTensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

async function tfjsSession(backend: 'webgl' | 'wasm' | 'cpu', shape: InputShape): Promise<Session> {
  const tf = await tfjsLibrary();
  if (!(await tf.setBackend(backend))) throw new Error('this browser or this device does not offer it');
  const model = await tf.loadGraphModel(address('model.json'));
  return {
    run: async (values) => {
      const input = tf.tensor(values, shape);
      const output = model.predict(input);
      const logits = (await output.data()).slice();
      input.dispose();
      output.dispose();
      return logits;
    },
    dispose: () => model.dispose(),
  };
}

let tfjs: Promise<TfjsLibrary> | undefined;

function tfjsLibrary(): Promise<TfjsLibrary> {
  tfjs ??= (async () => {
    await script(address('libraries/tfjs/tf.es2017.min.js'));
    await script(address('libraries/tfjs/tf-backend-wasm.es2017.min.js'));
    const { tf } = globalThis as unknown as { tf: TfjsLibrary };
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // its file is not in the folder
    tf.wasm.setWasmPaths(address('libraries/tfjs/'));
    return tf;
  })();
  tfjs.catch(() => {
    tfjs = undefined;
  });
  return tfjs;
}

function script(src: string): Promise<void> {
  return new Promise((loaded, failed) => {
    const element = document.createElement('script');
    element.addEventListener('load', () => loaded());
    element.addEventListener('error', () => failed(new Error(`${src} could not be loaded`)));
    element.src = src;
    document.head.append(element);
  });
}
