import { describe, expect, it } from 'vitest';
import { block } from '#networks/nn/blocks/block';
import { type Forward, weightLayout } from '#networks/nn/network';
import { type UibSpec, uibVariant } from '#networks/space/block';
import { conventions } from '#test/networks/nn/fixtures';
import { expectBlockLikeTfjs } from './block-check.js';

const variants = [
  [5, 3],
  [0, 3],
  [5, 0],
  [0, 0],
] as const;
const specs = variants.flatMap(([startKernel, midKernel]) =>
  [1, 2].flatMap((stride) => {
    const spec = { kind: 'uib', startKernel, midKernel, stride, expand: 4, out: 8 } as const satisfies UibSpec;
    return stride === 2 && uibVariant(spec) === 'FFN' ? [] : [{ ...spec, variant: uibVariant(spec) }];
  }),
);

describe.each(specs)('the $variant variant with stride $stride', ({ variant: _, ...spec }) => {
  it('computes what the table row of MobileNetV4 says, in TensorFlow.js, on odd and even sides', () => {
    for (const side of [7, 8]) expectBlockLikeTfjs(spec, side, 4);
  });

  it('does so with gelu, and with its input added where the widths are equal', () => {
    expectBlockLikeTfjs(spec, 6, 8, 'gelu');
  });
});

describe('the weights of a UIB', () => {
  it('are one depthwise kernel and BN per kernel size in use, and 1x1 layers between them', () => {
    const frame = { ...conventions, input: { resolution: 4, channels: 5 } } as const;
    const spec = { kind: 'uib', startKernel: [0, 3, 5], midKernel: 3, stride: 1, expand: 4, out: 16 } as const;
    const forward: Forward = (pass, images) => block(pass, 'it', spec, images);
    const shapes = [...weightLayout(frame, forward).specs.values()].map(({ name, shape }) => [name, shape.join('x')]);
    expect(shapes).toEqual([
      ['it.start3.kernel', '3x3x5x1'],
      ['it.start3.bn.gamma', '5'],
      ['it.start3.bn.beta', '5'],
      ['it.start5.kernel', '5x5x5x1'],
      ['it.start5.bn.gamma', '5'],
      ['it.start5.bn.beta', '5'],
      ['it.expand.kernel', '5x24'],
      ['it.expand.bn.gamma', '24'],
      ['it.expand.bn.beta', '24'],
      ['it.mid3.kernel', '3x3x24x1'],
      ['it.mid3.bn.gamma', '24'],
      ['it.mid3.bn.beta', '24'],
      ['it.project.kernel', '24x16'],
      ['it.project.bn.gamma', '16'],
      ['it.project.bn.beta', '16'],
    ]);
  });
});
