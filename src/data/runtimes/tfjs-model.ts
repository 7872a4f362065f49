/** Runs exported GraphModels in TensorFlow.js: natively if this process uses native TensorFlow, else in JavaScript. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as converter from '@tensorflow/tfjs-converter';
import type * as tfjs from '@tensorflow/tfjs-core';
import { Failure } from '#core/failure';
import { readBytes, readJson } from '#core/files/files';

export interface TfjsModel {
  /** Name, version and backend, such as `TensorFlow.js 1.2.3 (cpu)`. */
  readonly runtime: string;
  /** Computes the output's values, row by row. */
  run(values: Float32Array, shape: readonly number[]): Float32Array;
  dispose(): void;
}

/** Opens the model in a folder with `model.json`; the caller disposes it. */
export async function openTfjsModel(folder: string): Promise<TfjsModel> {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core') as typeof tfjs;
  require('@tensorflow/tfjs-backend-cpu'); // registers itself
  const { loadGraphModel } = require('@tensorflow/tfjs-converter') as typeof converter;
  const file = join(folder, 'model.json');
  const model = await loaded(file, () => loadGraphModel({ load: () => artifacts(tf, folder, file) }));
  return {
    runtime: `TensorFlow.js ${tf.version_core} (${tf.getBackend()})`,
    run: (values, shape) => {
      const input = tf.tensor(values, [...shape], 'float32');
      const output = model.predict(input) as tfjs.Tensor;
      const result = output.dataSync<'float32'>().slice();
      tf.dispose([input, output]);
      return result;
    },
    dispose: () => model.dispose(),
  };
}

function artifacts(tf: typeof tfjs, folder: string, file: string): Promise<tfjs.io.ModelArtifacts> {
  const json = readJson(file) as tfjs.io.ModelJSON;
  return tf.io.getModelArtifactsForJSON(json, async (manifest) => {
    const bytes = Buffer.concat(manifest.flatMap(({ paths }) => paths.map((path) => readBytes(join(folder, path)))));
    const weights = manifest.flatMap((group) => group.weights);
    return [weights, new Uint8Array(bytes).buffer];
  });
}

async function loaded<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = `expected a GraphModel that TensorFlow.js loads; got: ${(error as Error).message}`;
    throw new Failure('data', { file, message });
  }
}
