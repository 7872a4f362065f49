/** Comparison of a sampled sub-network with its stand-alone network, which has copies of the shared weight slices. */

import { type GradientOptions, type LabelledImages, Model } from '#networks/nn/model';
import { blockName, networkForward, weightLayout } from '#networks/nn/network';
import { close, type Decisions, decide, isChoice, type Space } from '#networks/space/space';
import { dispose, type Shape, sizeOf } from '#networks/tensor/backend';
import { superForward } from '#tasks/search/supernet/super-forward';
import { byName, taken } from '#test/networks/nn/fixtures';
import { type Difference, largestDifference } from '#test/networks/tensor/op-check';

/** Visits the first `used` entries along every axis of a tensor, with their indices in the whole and in the slice. */
function eachOfSlice(full: Shape, used: Shape, visit: (whole: number, part: number) => void): void {
  for (let part = 0; part < sizeOf(used); part++) {
    let whole = 0;
    let rest = part;
    let stride = 1;
    for (let axis = full.length - 1; axis >= 0; axis--) {
      whole += (rest % used[axis]!) * stride;
      rest = Math.floor(rest / used[axis]!);
      stride *= full[axis]!;
    }
    visit(whole, part);
  }
}

/** Maps the block names of the stand-alone network, numbered without skipped blocks, to those of the shared weights. */
function sharedNames({ stages }: Space, decisions: Decisions): Map<string, string> {
  const names = new Map<string, string>();
  for (const [s, { slots }] of stages.entries()) {
    let used = 0;
    for (const [b, { use, pick }] of slots.entries()) {
      if (!decide(use, decisions)) continue;
      const option = isChoice(pick) ? `.option${decide(pick, decisions)}` : '';
      names.set(blockName(s, used++), `${blockName(s, b)}${option}`);
    }
  }
  return names;
}

export interface Comparison {
  readonly logits: Difference;
  readonly loss: Difference;
  readonly gradients: Difference;
  /** The largest magnitude among the gradients of shared weights outside the slices. */
  readonly outside: number;
}

/** Runs both networks on one batch and compares them. `shared` is the SuperNet's model. */
export function compare(
  space: Space,
  decisions: Decisions,
  shared: Model,
  batch: LabelledImages,
  options: GradientOptions,
): Comparison {
  const network = close(space, decisions);
  const alone = new Model(network, weightLayout(network, networkForward(network)), 'alone');
  const names = sharedNames(space, decisions);
  const sharedSpec = (name: string) => {
    const block = /^stages\.\d+\.blocks\.\d+(?=\.)/.exec(name)?.[0];
    const sharedName = block === undefined ? name : names.get(block) + name.slice(block.length);
    return shared.layout.specs.get(sharedName)!;
  };
  /** Gathers a vector of the stand-alone layout from one of the shared layout, and zeroes the entries taken. */
  const gather = (flat: Float32Array): Float32Array => {
    const gathered = new Float32Array(alone.layout.size);
    for (const [name, part] of byName(alone.layout, gathered)) {
      const { shape, offset } = sharedSpec(name);
      eachOfSlice(shape, alone.layout.specs.get(name)!.shape, (whole, i) => {
        part[i] = flat[offset + whole]!;
        flat[offset + whole] = 0;
      });
    }
    return gathered;
  };
  alone.weights.write(gather(shared.weights.values()));
  const forwards = [superForward(space, { decisions }), networkForward(network)] as const;
  const logits = [shared.logits(forwards[0], batch), alone.logits(forwards[1], batch)] as const;
  const found = shared.gradient(forwards[0], batch, options);
  const expected = alone.gradient(forwards[1], batch, options);
  const all = taken(found.gradient, dispose);
  const gradients = largestDifference(gather(all), taken(expected.gradient, dispose));
  alone.dispose();
  return {
    logits: largestDifference(...logits),
    loss: largestDifference(Float32Array.of(found.loss), Float32Array.of(expected.loss)),
    gradients,
    outside: all.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  };
}
