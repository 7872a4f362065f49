/** A closed network on the tensor layer: its forward pass and its weights. */

import { block } from '#networks/nn/blocks/block';
import { head } from '#networks/nn/blocks/head';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Architecture, LayerConventions } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import type { Features, Value } from '#networks/tensor/tape';
import { type Pass, weightSpecs } from './pass.js';
import { layoutOf, type WeightLayout } from './weight-layout.js';

/** Maps images [B, H, W, C] to logits [B, classes], or to features in between. */
export type Forward = (pass: Pass, images: Value) => Features;

/** Name of a block's weights, shared by networks and SuperNets. */
export function blockName(stage: number, index: number): string {
  return `stages.${stage}.blocks.${index}`;
}

export function networkForward({ stages, head: headSpec, classes }: Architecture): Forward {
  const named = stages.flatMap((stage, s) => stage.blocks.map((spec, b) => ({ spec, name: blockName(s, b) })));
  const blocks = named.map((one, i) => ({ ...one, depth: (i + 1) / named.length }));
  return (pass, images) => {
    const layers = blocks.map(
      ({ spec, name, depth }) =>
        (x: Features) =>
          block(pass, name, spec, x, depth),
    );
    const features = pass.tape.sequence(layers, images);
    return head(pass, headSpec, classes, features);
  };
}

/** Layout of the weights that a forward pass uses, found by running it once on one black image. */
export function weightLayout(frame: Pick<Architecture, 'input'> & LayerConventions, forward: Forward): WeightLayout {
  const shape = [1, ...inputShape(frame.input)];
  const pixels = new Float32Array(inputSize(frame.input));
  return layoutOf(weightSpecs(frame, (pass) => forward(pass, pass.tape.adopt(backend().create(pixels, shape)))));
}
