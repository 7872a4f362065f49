/** Models with random weights and random images, for the tests of `nn/` and `supernet/`. */
import { randomStream } from '#core/random';
import { type Frame, type LabelledImages, Model } from '#networks/nn/model';
import { type Forward, weightLayout } from '#networks/nn/network';
import type { WeightLayout } from '#networks/nn/weight-layout';
import { parseSpace } from '#networks/space/parse';
import { inputSize } from '#networks/space/resolution';
import { type Architecture, close, defaultConventions, type LayerConventions } from '#networks/space/space';
import { readFloats, sizeOf, type Tensor } from '#networks/tensor/backend';

/** What a frame says of its layers unless a test is about that. */
export const conventions: LayerConventions = { activation: 'relu', ...defaultConventions };

/** A closed network from its stages and head in YAML. */
export function network(stagesAndHead: string, frame = 'input: { resolution: 8, channels: 2 }'): Architecture {
  return close(parseSpace('test.yaml', `name: test\n${frame}\nclasses: 4\nactivation: relu\n${stagesAndHead}`), []);
}

/** Normal values for every weight, BN's gamma and beta included, so that no error in their use can hide. */
export function randomWeights({ size }: WeightLayout, name = 'weights', deviation = 0.5): Float32Array {
  const random = randomStream(name);
  return Float32Array.from({ length: size }, () => deviation * random.normal());
}

export function randomModel(frame: Frame, forward: Forward): Model {
  const model = new Model(frame, weightLayout(frame, forward), 'seed');
  model.weights.write(randomWeights(model.layout));
  return model;
}

/** Random pixels, and class probabilities with one largest. */
export function randomBatch({ input, classes }: Frame, n: number, name = 'batch'): LabelledImages {
  const random = randomStream(name);
  const images = Uint8Array.from({ length: n * inputSize(input) }, () => random.below(256));
  const soft = new Float32Array(n * classes).fill(0.1 / classes);
  for (let row = 0; row < n; row++) soft[row * classes + random.below(classes)]! += 0.9;
  return { n, images, soft };
}

/** The parts of a flat vector by weight name. */
export function byName(layout: WeightLayout, flat: Float32Array): Map<string, Float32Array> {
  const parts = [...layout.specs.values()].map(({ name, offset, shape }) => {
    return [name, flat.subarray(offset, offset + sizeOf(shape))] as const;
  });
  return new Map(parts);
}

/** The values of a gradient, which is freed. */
export function taken(gradient: Tensor, dispose: (tensor: Tensor) => void): Float32Array {
  const values = readFloats(gradient);
  dispose(gradient);
  return values;
}
