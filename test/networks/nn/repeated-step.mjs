// @ts-check
/**
 * Trains a network by one step again and again from the same weights and tells whether every op gave the same bits each
 * time: `node repeated-step.mjs REQUEST`, JSON with `threads`, `batch`, `repeats`, `networks` (texts in YAML), `precision`
 * if it is not full and, to see that a difference is found, `spoiled`, an op to whose results a little noise is added. Prints JSON: of each network the SHA-256
 * of all results of its step, how many ops that ran, and the first that differed, as a call.
 */
import { createHash } from 'node:crypto';
import { randomStream } from '#core/random';
import { parseSpace } from '#networks/space/parse';
import { inputSize } from '#networks/space/resolution';
import { close } from '#networks/space/space';
import { openBackend, through } from '#networks/tensor/backend';
import { callText, dataType } from '#networks/tensor/tensor';
import { Trainee } from '#tasks/training/train-network';

/** @typedef {import('#networks/tensor/tensor').Backend} Backend */
/** @typedef {[call: string, sha256: string][]} Calls */

const scratch = 5; // the sixth result of a batch norm, which nothing reads
const { threads, batch, repeats, networks, precision, spoiled } = JSON.parse(process.argv[2] ?? '');
const native = /** @type {Backend} */ (openBackend({ threads }));
process.stdout.write(JSON.stringify(networks.map(repeated)));

/** @param {string} yaml */
function repeated(yaml) {
  const network = close(parseSpace('network.yaml', yaml), []);
  const images = randomImages(network);
  /** @type {any} */
  const trainee = new Trainee(network, { kind: 'adamW', beta1: 0.9, beta2: 0.999, weightDecay: 0.01 }, 1);
  const start = trainee.save();
  const step = () => {
    trainee.restore(start);
    return hashedStep(trainee, images);
  };
  step(); // kernels are chosen
  const first = step();
  const others = Array.from({ length: repeats - 1 }, step);
  const differing = first.find(([, sha256], i) => others.some((calls) => calls[i]?.[1] !== sha256));
  trainee.dispose();
  return { sha256: sha256(JSON.stringify(first)), ops: first.length, differing: differing?.[0] ?? null };
}

/** Each op of a step as a call, with the SHA-256 of what it gave; then the gradient's and the updated weights'. */
function hashedStep(/** @type {any} */ trainee, /** @type {object} */ images) {
  /** @type {Calls} */
  const calls = [];
  const drops = { dropout: { rate: 0.2, seed: [1, 2] }, stochasticDepth: { rate: 0.2, seed: [1, 3] } };
  through(
    (/** @type {Backend} */ inner) => hashing(inner, calls),
    () => {
      const { gradient } = trainee.model.gradient(trainee.forward, images, { decay: 1e-5, precision, ...drops });
      calls.push(['gradient', sha256(native.read(gradient))]);
      trainee.optimizer.apply(trainee.model.weights, gradient, 0.01, 0);
      native.dispose(gradient);
    },
  );
  calls.push(['weights', sha256(trainee.weightBytes())]);
  return calls;
}

/** A backend that notes what ops give. @param {Backend} inner @param {Calls} calls @returns {Backend} */
function hashing(inner, calls) {
  const { name, version, isGpu, isTensorFlowCpu } = inner;
  return {
    ...{ name, version, isGpu, isTensorFlowCpu },
    create: (values, shape) => inner.create(values, shape),
    read: (tensor) => inner.read(tensor),
    dispose: (tensor) => inner.dispose(tensor),
    tensorsAlive: () => inner.tensorsAlive(),
    run(op, attributes, inputs, outputs) {
      const results = inner.run(op, attributes, inputs, outputs);
      for (const [i, { dtype }] of results.entries()) {
        if (dtype !== dataType.float32 || i === scratch) continue;
        const result = /** @type {import('#networks/tensor/tensor').Tensor} */ (results[i]);
        if (op === spoiled) results[i] = noisy(inner, result);
        calls.push([callText(op, inputs), sha256(inner.read(/** @type {typeof result} */ (results[i])))]);
      }
      return results;
    },
  };
}

/** Takes the tensor over. @param {Backend} inner @param {import('#networks/tensor/tensor').Tensor} tensor */
function noisy(inner, tensor) {
  const values = inner.read(tensor).map((value) => value * (1 + 1e-6 * Math.random()));
  inner.dispose(tensor);
  return inner.create(values, tensor.shape);
}

/** @param {import('#networks/space/space').Architecture} network */
function randomImages({ input, classes }) {
  const random = randomStream('images');
  const images = Uint8Array.from({ length: batch * inputSize(input) }, () => random.below(256));
  const soft = Float32Array.from({ length: batch * classes }, (_, i) => Number(i % classes === i % 7));
  return { n: batch, images, soft };
}

/** @param {import('node:crypto').BinaryLike} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
