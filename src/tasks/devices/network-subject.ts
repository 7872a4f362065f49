/**
 * Makes a network a subject to time: exported to ONNX with batch norm folded, with stand-in weights, run on one image.
 */

import { openOnnxSession } from '#data/runtimes/onnx-session';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { onnxModel } from '#tasks/export/onnx/onnx';
import type { Subject } from './interleaved.js';
import { noise, standInWeights } from './stand-in-weights.js';

export interface NetworkSubject extends Subject {
  /** Name and version, such as `ONNX Runtime 1.2.3`. */
  readonly runtime: string;
  /** Frees the session; the subject cannot run any more. */
  release(): Promise<void>;
}

export async function networkSubject(name: string, network: Architecture, threads: number): Promise<NetworkSubject> {
  const weights = standInWeights(network);
  const exported = { network, weights, params: 0, macs: 0, origin: 'stand-in weights', provenance: {} };
  const model = onnxModel(exported, { fold: true, batch: 1 });
  const session = await openOnnxSession(model, { name, threads });
  const [height, width, channels] = inputShape(network.input);
  const shape = [1, channels, height, width];
  const image = noise(inputSize(network.input), 1);
  return { name, runtime: session.runtime, run: () => session.run(image, shape), release: () => session.release() };
}
