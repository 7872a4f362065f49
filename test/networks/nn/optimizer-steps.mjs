// @ts-check
/**
 * Updates random weights a few times and prints a SHA-256 of each vector: `node optimizer-steps.mjs REQUEST`, JSON with the
 * optimizer's `spec` and the `specs` of the weights. MNV4_KERNELS chooses the kernels, once per process.
 */
import { createHash } from 'node:crypto';
import { randomStream } from '#core/random';
import { FlatVariable } from '#networks/nn/flat-variable';
import { createOptimizer } from '#networks/nn/optimizer';
import { layoutOf } from '#networks/nn/weight-layout';
import { backend, dispose, openBackend } from '#networks/tensor/backend';

openBackend({ threads: 3 });
const { spec, specs } = JSON.parse(process.argv[2] ?? '');
const layout = layoutOf(specs);
const random = randomStream('updates');
const values = () =>
  Float32Array.from({ length: layout.size }, () => random.normal() * 10 ** (4 * random.uniform() - 3));
const weights = new FlatVariable(values());
const optimizer = createOptimizer(spec, layout);
for (let step = 0; step < 6; step++) {
  const gradient = backend().create(values(), [layout.size]);
  optimizer.apply(weights, gradient, 0.01 * (step + 1), step);
  dispose(gradient);
}
for (const [name, variable] of [['weights', weights], ...optimizer.slots]) {
  const { buffer, byteOffset, byteLength } = /** @type {FlatVariable} */ (variable).values();
  const sha256 = createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
  process.stdout.write(`${name} ${sha256}\n`);
}
