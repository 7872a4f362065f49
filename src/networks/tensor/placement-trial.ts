/**
 * The program of a process that runs a matrix product and a convolution and checks their values. TensorFlow logs to
 * standard error on which device each op runs, which no interface of its C library tells.
 */
import { loadTensorFlow } from './tensorflow.js';

const { binding } = loadTensorFlow();
const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
const ones = binding.createTensor([1, 8, 8, 8], binding.TF_FLOAT, new Float32Array(512).fill(1));
const kernel = binding.createTensor([1, 1, 8, 8], binding.TF_FLOAT, new Float32Array(64).fill(0.5));
const left = binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array([1, 2, 3, 4]));
const product = binding.executeOp('MatMul', [type], [left, left], 1);
const convolution = binding.executeOp(
  'Conv2D',
  [
    type,
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 1, 1, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: 'VALID' },
  ],
  [ones, kernel],
  1,
);
const values = [product, convolution].map(([output]) => binding.tensorDataSync((output as { id: number }).id));
const areRight = values[0]?.join() === '7,10,15,22' && values[1]?.every((value) => value === 4);
process.exitCode = areRight ? 0 : 1;
