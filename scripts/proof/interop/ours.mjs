// Our side of the comparison: random networks in which every weight and statistic affects the logits, images, and
// logits.
import { randomStream } from '#core/random';
import { logitsWith } from '#networks/nn/frozen-network';
import { disposeStatistics, Model } from '#networks/nn/model';
import { networkForward, weightLayout } from '#networks/nn/network';
import { inputShape, inputSize } from '#networks/space/resolution';
import { backend } from '#networks/tensor/backend';
import { freshWeights } from '#networks/weights/network-weights';

const shown = 2; // images whose logits are compared

/** Noise images of 8 bits, [n, H, W, C]. */
export function noiseImages({ input }, n = shown) {
  const random = randomStream('interop/images');
  return { n, images: Uint8Array.from({ length: n * inputSize(input) }, () => random.below(256)) };
}

/** The same images in the layout of the other programs: float32 from -1 to 1, [n, C, H, W]. */
export function pixelsOf({ input }, { n, images }) {
  const values = new Float32Array(images.length);
  const [height, width, channels] = inputShape(input);
  const area = height * width;
  for (let i = 0; i < images.length; i++) {
    const [place, c] = [Math.floor(i / channels), i % channels];
    values[(Math.floor(place / area) * channels + c) * area + (place % area)] = images[i] / 127.5 - 1;
  }
  return { shape: [n, channels, height, width], values };
}

export function ourLogits(network, tensors, images) {
  return logitsWith(network, tensors, images, images.n);
}

/**
 * Random weights by name: batch norms and layer scales around 1, biases around 0, and statistics near those of noise,
 * so that no layer dominates, but perturbed at random, so that each of them shows in the logits.
 */
export async function telling(network) {
  const random = randomStream(`interop/${network.name}`);
  const around = (centre, spread) => () => centre + spread * (2 * random.uniform() - 1);
  const tensors = new Map(freshWeights(network, 1));
  for (const [name, { shape, values }] of tensors) {
    const draw = drawFor(name, around);
    if (draw !== undefined) tensors.set(name, { shape, values: values.map(draw) });
  }
  for (const [name, { mean, variance }] of await observed(network, tensors)) {
    const least = 0.1 * (variance.reduce((sum, value) => sum + value, 0) / variance.length); // keeps dead channels above 0
    const moved = mean.map((value, c) => value + 0.2 * Math.sqrt(variance[c]) * random.normal());
    const scaled = variance.map((value) => value * around(1, 0.5)() + least);
    for (const [part, values] of Object.entries({ mean: moved, variance: scaled })) {
      tensors.set(`${name}.${part}`, { shape: [values.length], values });
    }
  }
  return tensors;
}

/** The distribution of a tensor that training initializes with the same value for all channels; else undefined. */
function drawFor(name, around) {
  if (/\.(gamma|layerScale)$/.test(name)) return around(1, 0.5);
  if (/\.(beta|bias)$/.test(name)) return around(0, 0.2);
  return undefined;
}

/** Statistics of each batch norm over a few noise images. */
async function observed(network, tensors) {
  const forward = networkForward(network);
  const model = new Model(network, weightLayout(network, forward), 'interop');
  const flat = model.weights.values();
  for (const { name, offset } of model.layout.specs.values()) flat.set(tensors.get(name).values, offset);
  model.weights.write(flat);
  const statistics = await model.estimateStatistics(forward, [noiseImages(network, 4)]);
  const values = [...statistics].map(([name, { mean, variance }]) => {
    return [name, { mean: backend().read(mean), variance: backend().read(variance) }];
  });
  disposeStatistics(statistics);
  model.dispose();
  return values;
}
