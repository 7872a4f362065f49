/** The runtimes that the page of a web export offers. */

/** One way to compute the network in a browser. */
export interface WebRuntime {
  readonly id: string;
  readonly name: string;
  /** Remark about where and how it computes. */
  readonly about: string;
}

export const webRuntimes = [
  { id: 'litert', name: 'LiteRT', about: 'float32, WebAssembly' },
  { id: 'litert-int8', name: 'LiteRT, int8', about: 'int8, WebAssembly' },
  { id: 'tfjs-webgl', name: 'TensorFlow.js, WebGL', about: 'float32, graphics processor' },
  { id: 'tfjs-wasm', name: 'TensorFlow.js, WASM', about: 'float32, WebAssembly' },
  { id: 'tfjs-cpu', name: 'TensorFlow.js, CPU', about: 'float32, plain JavaScript' },
] as const satisfies readonly WebRuntime[];

export type WebRuntimeId = (typeof webRuntimes)[number]['id'];
