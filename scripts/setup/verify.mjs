// @ts-check
/** `node verify.mjs ROOT`: multiplies two matrices in native TensorFlow and prints what it runs on, as JSON. */
import { createRequire } from 'node:module';
import { nativePaths } from './home.mjs';

const [root = '.'] = process.argv.slice(2);
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
Object.assign(process.env, { TF_ENABLE_ONEDNN_OPTS: '0', ONEDNN_MAX_CPU_ISA: 'AVX2' }); // as src/networks/tensor/tensorflow.ts

const binding = createRequire(import.meta.url)(nativePaths(root).addon);
const left = binding.createTensor([2, 2], binding.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const right = binding.createTensor([2, 1], binding.TF_FLOAT, Float32Array.of(5, 6));
const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
const [{ id }] = binding.executeOp('MatMul', [type], [left, right], 1);
const product = binding.tensorDataSync(id); // [17, 39]
if (product[0] !== 17 || product[1] !== 39) throw new Error(`a matrix product is wrong: ${product}`);
console.log(JSON.stringify({ tensorflow: binding.TF_Version, gpu: binding.isUsingGpuDevice() }));
