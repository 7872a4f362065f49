/** Networks with random weights and random statistics, so that any error shows in the logits. */
import { randomStream } from '#core/random';
import type { NamedTensor } from '#data/files/safetensors';
import { weightShapes } from '#networks/nn/weight-shapes';
import { inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';
import type { Exported } from '#tasks/export/exporter';
import { network } from '#test/networks/nn/fixtures';

/** A stem, an ExtraDW block and a head, for images of an odd size. */
export const small = network(
  `
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
      - { kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 16 }
head: { conv: 32, hidden: 16 }`,
  'input: { resolution: 9, channels: 3 }',
);

export function randomExported(network: Architecture): Exported {
  const weights = new Map<string, NamedTensor>();
  for (const [name, shape] of weightShapes(network)) {
    const random = randomStream(name);
    const value = name.endsWith('.variance') ? () => 0.5 + random.uniform() : () => 0.5 * random.normal();
    weights.set(name, { shape, values: Float32Array.from({ length: sizeOf(shape) }, value) });
  }
  return { network, weights, params: 1, macs: 2, origin: 'made up for a test', provenance: { program: '1.2.3' } };
}

/** Draws random pixels. */
export function trial({ input }: Architecture, n: number, batch = n) {
  const random = randomStream('pixels');
  const images = Uint8Array.from({ length: n * inputSize(input) }, () => random.below(256));
  return { n, batch, images };
}
