/**
 * Starts the depthwise layers that a fine SuperNet adds to the coarse result so that their options compute what the
 * coarse result computes, as in Net2Net (Chen et al. 2016, arXiv:1511.05641) and once-for-all (Cai et al. 2020,
 * arXiv:1908.09791). Otherwise an option would be judged by how fast its layer learns from random weights.
 * - A start layer where the coarse result has none begins as the identity: a kernel with a 1 in the middle, and a batch
 *   norm whose gamma and beta are the deviation and the mean of what comes in.
 * - A larger kernel begins as the coarse result's with a border of zeros, and with its batch norm.
 * Options that leave out a layer cannot compute the same; nothing is done for them.
 */
import type { NamedTensor } from '#data/files/safetensors';
import { disposeStatistics, type Images } from '#networks/nn/model';
import { blockName } from '#networks/nn/network';
import type { UibSpec } from '#networks/space/block';
import { type Architecture, type Choice, isChoice, type Opened, type Space } from '#networks/space/space';
import { walkChoices } from '#networks/space/walk-choices';
import { readFloats } from '#networks/tensor/backend';
import { superForward } from './super-forward.js';
import type { SuperNet } from './supernet.js';

/** An open depthwise layer: the choice of its kernel size, and the size that the coarse result has. */
interface OpenLayer {
  /** Name of its weights without the size: `stages0.blocks1.start`. */
  readonly name: string;
  readonly choice: Choice<number>;
  readonly coarse: number;
}

/**
 * Overwrites the additional depthwise layers of a SuperNet that has the coarse result's weights.
 *
 * @param coarse   the result that the SuperNet's space refines
 * @param batches  train images, on which the batch norms' inputs are measured
 */
export async function preserveFunction(
  supernet: SuperNet,
  coarse: Architecture,
  batches: readonly Images[],
): Promise<void> {
  const { space, model } = supernet;
  const layers = openLayers(space, coarse);
  const tensors = supernet.save();
  const changed = new Map(layers.flatMap((layer) => startKernels(layer, tensors)));
  supernet.warmStart(changed);
  const unchanged = space.choices.map((choice) => coarseOption(layers, choice));
  for (const layer of layers.filter(isAdded)) {
    const [first] = sizesAbove(layer);
    if (first === undefined) continue;
    const decisions = unchanged.with(layer.choice.id, layer.choice.options.indexOf(first));
    const statistics = await model.estimateStatistics(superForward(space, { decisions }), batches);
    const seen = statistics.get(`${layer.name}${first}.bn`);
    if (seen === undefined) throw new Error(`${layer.name}${first} was not computed`);
    const beta = readFloats(seen.mean);
    const gamma = readFloats(seen.variance).map((variance) => Math.sqrt(variance + space.batchNormEpsilon));
    disposeStatistics(statistics);
    const shape = [beta.length];
    supernet.warmStart(
      new Map(
        sizesAbove(layer).flatMap((size) => [
          [`weights/${layer.name}${size}.bn.gamma`, { shape, values: gamma }],
          [`weights/${layer.name}${size}.bn.beta`, { shape, values: beta }],
        ]),
      ),
    );
  }
}

/** The open depthwise layers, in the order of the network. */
function openLayers(space: Space, coarse: Architecture): OpenLayer[] {
  const layers: OpenLayer[] = [];
  walkChoices(space, {
    slot({ slot: { among }, stage, index }) {
      const [opened] = among as readonly [Opened];
      if (opened.kind !== 'uib') return;
      const block = coarse.stages[stage]?.blocks[index] as UibSpec;
      const name = blockName(stage, index);
      const { startKernel, midKernel } = opened as Opened<UibSpec>;
      if (isChoice<number>(startKernel))
        layers.push({ name: `${name}.start`, choice: startKernel, coarse: block.startKernel });
      if (isChoice<number>(midKernel)) layers.push({ name: `${name}.mid`, choice: midKernel, coarse: block.midKernel });
    },
  });
  return layers;
}

/** True for a layer that the coarse result does not have and that begins as the identity: a start layer. */
function isAdded({ name, coarse }: OpenLayer): boolean {
  return coarse === 0 && name.endsWith('.start');
}

/** The sizes larger than the coarse result's. */
function sizesAbove({ choice, coarse }: OpenLayer): number[] {
  return choice.options.filter((size) => size > coarse);
}

/** The option that computes what the coarse result computes; the first one where the choice is another. */
function coarseOption(layers: readonly OpenLayer[], choice: Choice): number {
  const layer = layers.find((one) => one.choice.id === choice.id);
  return Math.max(0, choice.options.indexOf(layer?.coarse));
}

/** The first kernels of a layer's sizes above the coarse result's, and the batch norms that they inherit. */
function startKernels(layer: OpenLayer, tensors: ReadonlyMap<string, NamedTensor>): [string, NamedTensor][] {
  const { name, coarse } = layer;
  const weight = (of: string) => tensors.get(`weights/${name}${of}`) as NamedTensor;
  return sizesAbove(layer).flatMap((size): [string, NamedTensor][] => {
    const { shape } = weight(`${size}.kernel`);
    const channels = shape[2] as number;
    if (coarse === 0) {
      if (!isAdded(layer)) return [];
      const one = { shape: [1, 1, channels, 1], values: new Float32Array(channels).fill(1) };
      return [[`weights/${name}${size}.kernel`, bordered(one, size)]];
    }
    return [
      [`weights/${name}${size}.kernel`, bordered(weight(`${coarse}.kernel`), size)],
      [`weights/${name}${size}.bn.gamma`, weight(`${coarse}.bn.gamma`)],
      [`weights/${name}${size}.bn.beta`, weight(`${coarse}.bn.beta`)],
    ];
  });
}

/** A depthwise kernel [k, k, C, 1] in the middle of a larger one, with zeros around it. */
function bordered({ shape, values }: NamedTensor, size: number): NamedTensor {
  const [k, , channels] = shape as [number, number, number, number];
  const border = (size - k) / 2;
  const larger = new Float32Array(size * size * channels);
  for (let row = 0; row < k; row++) {
    const from = row * k * channels;
    larger.set(values.subarray(from, from + k * channels), ((row + border) * size + border) * channels);
  }
  return { shape: [size, size, channels, 1], values: larger };
}
