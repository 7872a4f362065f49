/** A network as something to time: exported to ONNX with batch norm folded and fresh weights, run on one image. */
import { randomStream } from '../core/random.js';
import { onnxModel } from '../export/onnx.js';
import { openOnnxSession } from '../nn/onnx-session.js';
import type { Tensors } from '../runs/safetensors.js';
import type { Architecture } from '../space/space.js';
import type { Subject } from './interleaved.js';

export interface NetworkSubject extends Subject {
  /** `ONNX Runtime 1.2.3`. */
  readonly runtime: string;
  /** Frees the session; the subject is of no use then. */
  release(): Promise<void>;
}

export async function networkSubject(
  name: string,
  network: Architecture,
  weights: Tensors,
  threads: number,
): Promise<NetworkSubject> {
  const exported = { network, weights, params: 0, macs: 0, origin: 'fresh weights', provenance: {} };
  const model = onnxModel(exported, { fold: true, batch: 1 });
  const session = await openOnnxSession(model, { name, threads });
  const { channels, resolution } = network.input;
  const shape = [1, channels, resolution, resolution];
  const image = pixels(channels * resolution ** 2);
  return { name, runtime: session.runtime, run: () => session.run(image, shape), release: () => session.release() };
}

/** Random pixels from -1 to 1. */
function pixels(size: number): Float32Array {
  const random = randomStream('measure/pixels');
  return Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
}
