// @ts-check
/** `node verify.mjs ROOT`: multiplies two matrices in native TensorFlow and prints what it runs on, as JSON. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

const [root = '.'] = process.argv.slice(2);
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
Object.assign(process.env, { TF_ENABLE_ONEDNN_OPTS: '0', ONEDNN_MAX_CPU_ISA: 'AVX2' }); // as src/networks/tensor/tensorflow.ts
/** @type {any} */ (util).isNullOrUndefined ??= (/** @type {unknown} */ value) => value == null; // gone since Node 23

const tf = createRequire(join(root, 'package.json'))('@tensorflow/tfjs-node-gpu');
const product = tf
  .matMul(
    [
      [1, 2],
      [3, 4],
    ],
    [[5], [6]],
  )
  .dataSync(); // [17, 39]
if (product[0] !== 17 || product[1] !== 39) throw new Error(`a matrix product is wrong: ${product}`);
const { binding } = tf.backend();
console.log(JSON.stringify({ tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));
