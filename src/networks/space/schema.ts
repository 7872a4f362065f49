/** The YAML form of spaces, networks and refinements. A scalar is fixed, a list is a choice. */
import { z } from 'zod';
import { flag, integer, line, list, quantity, record, word } from '#core/documents/conform';
import { resolutionSchema } from '#data/images/resolution-schema';
import { activations } from './block.js';
import { defaultConventions, paddings } from './space.js';

const mostRepeated = 64;
const mostOptions = 64; // a block's costs are tabulated for every combination of its options

function distinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

/** A value or a list of values to choose from. */
function open<T extends z.ZodType>(value: T, what: string) {
  const most = { error: `at most ${mostOptions} options` };
  const options = list(value, `a list of ${what}`)
    .max(mostOptions, most)
    .refine(distinct, { error: 'options that differ' });
  return z.union([value, options]);
}

const kernelWhat = 'an odd kernel size from 1 to 11';
const kernel = z.literal([1, 3, 5, 7, 9, 11], { error: kernelWhat });
const depthwiseWhat = 'a depthwise kernel of 0 (absent), 3 or 5';
const depthwiseKernel = z.literal([0, 3, 5], { error: depthwiseWhat });
const strideWhat = 'a stride of 1 or 2';
const stride = z.literal([1, 2], { error: strideWhat }).default(1);
const channelsWhat = 'a channel count from 1 to 8192';
const channels = integer(channelsWhat, 1, 8192);
const expandWhat = 'a whole expansion from 1 to 16';
const expand = integer(expandWhat, 1, 16);
const ratio = quantity('an expansion from 1 to 16', { min: 1, max: 16 });
const openChannels = open(channels, 'channel counts');
const out = openChannels
  .optional()
  .describe('Output channels; required unless the stage has out, and refused if it has');
const blockStride = stride.describe('Stride of the block');
const blockKernel = open(kernel, 'kernel sizes').describe('Kernel size of the convolution');
const attention = {
  heads: integer('a number of heads from 1 to 64', 1, 64).describe('Attention heads'),
  keyDim: integer('a width from 1 to 1024', 1, 1024).describe('Channels of keys and queries in each head'),
  valueDim: integer('a width from 1 to 1024', 1, 1024)
    .optional()
    .describe('Channels of values in each head; by default keyDim'),
  kvStride: z
    .literal([1, 2], { error: strideWhat })
    .default(1)
    .describe('Stride by which the map is downsampled before keys and values'),
  stride: z
    .literal(1, { error: 'a stride of 1, the only one that attention has' })
    .default(1)
    .describe('Stride of the block; attention supports only 1'),
  out,
};
const placed = {
  repeat: integer(`a count from 1 to ${mostRepeated}`, 1, mostRepeated)
    .optional()
    .describe('Number of such blocks in a row, each with the stride and with separate choices; by default 1'),
  optional: flag().optional().describe('True if a search may skip the block'),
};

const fields = {
  conv: { kernel: blockKernel, stride: blockStride, out },
  fusedIb: {
    kernel: blockKernel,
    stride: blockStride,
    expand: open(expand, 'expansions').describe('Factor by which channels are expanded inside the block'),
    out,
  },
  uib: {
    startKernel: open(depthwiseKernel, 'depthwise kernels').describe(
      'Kernel of the depthwise layer before the expansion; 0 leaves it out',
    ),
    midKernel: open(depthwiseKernel, 'depthwise kernels').describe(
      'Kernel of the depthwise layer after the expansion; 0 leaves it out',
    ),
    stride: blockStride,
    expand: open(expand, 'expansions').describe('Factor by which channels are expanded inside the block'),
    out,
  },
  mqa: attention,
  mha: attention,
  dwSep: { kernel: blockKernel, stride: blockStride, out },
  invertedResidual: {
    kernel: blockKernel,
    stride: blockStride,
    expand: open(ratio, 'expansions').describe('Factor by which channels are expanded inside the block'),
    squeeze: flag().default(false).describe('True for a squeeze-and-excitation before the projection'),
    activation: word(...activations)
      .optional()
      .describe('Activation of the block; by default that of the network'),
    out,
  },
};

export const blockKinds = Object.keys(fields) as (keyof typeof fields)[];

function kind<const K extends string>(name: K) {
  return z.literal(name).describe('Kind of the block');
}

function blocks<T extends z.core.$ZodLooseShape>(more: T) {
  return z.discriminatedUnion(
    'kind',
    [
      record({ kind: kind('conv'), ...fields.conv, ...more }),
      record({ kind: kind('fusedIb'), ...fields.fusedIb, ...more }),
      record({ kind: kind('uib'), ...fields.uib, ...more }),
      record({ kind: kind('mqa'), ...fields.mqa, ...more }),
      record({ kind: kind('mha'), ...fields.mha, ...more }),
      record({ kind: kind('dwSep'), ...fields.dwSep, ...more }),
      record({ kind: kind('invertedResidual'), ...fields.invertedResidual, ...more }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? `one of ${blockKinds.join(', ')}` : 'a block') },
  );
}

const plainBlock = blocks({});
const placedBlock = blocks(placed);
const oneOfBlock = record(
  {
    oneOf: list(plainBlock, 'a list of blocks', 2).describe(
      'Blocks of which a search chooses one; each takes the keys of a block except repeat and optional',
    ),
    ...placed,
  },
  'a block',
);
const slot = z.union([placedBlock, oneOfBlock]);

export type BlockInput = z.output<typeof plainBlock>;
export type SlotInput = z.output<typeof slot>;

const mostBlocks = 1000; // the deepest network shipped has 60

/** Origin of a network; written by searches, kept by tools, read by people. */
const provenance = z.record(z.string(), z.unknown(), { error: 'a mapping' });

export const spaceSchema = record({
  name: line('a name').describe('Name of the space or network'),
  input: record({
    resolution: resolutionSchema.describe('Height and width of the images in pixels; a number for square ones'),
    channels: integer('a channel count from 1 to 16', 1, 16).describe('Channels of the images'),
    mean: list(quantity('a mean of pixels, from 0 to 1', { min: 0, max: 1 }), 'a mean for each channel')
      .optional()
      .describe('Mean subtracted from each channel, for pixels from 0 to 1; by default 0.5'),
    std: list(quantity('a deviation from 1e-4 to 1e4', { min: 1e-4, max: 1e4 }), 'a deviation for each channel')
      .optional()
      .describe('Standard deviation that each channel is then divided by; by default 0.5'),
  })
    .refine(({ mean, channels }) => (mean?.length ?? channels) === channels, {
      error: 'a mean for each channel',
      path: ['mean'],
    })
    .refine(({ std, channels }) => (std?.length ?? channels) === channels, {
      error: 'a deviation for each channel',
      path: ['std'],
    })
    .refine(({ mean, std }) => (mean === undefined) === (std === undefined), {
      error: 'both mean and std, or neither',
    })
    .describe('Input images of the network'),
  classes: integer('a number of classes from 2 to 100000', 2, 100_000).describe('Number of classes'),
  activation: word(...activations).describe('Activation of all layers that do not state another'),
  padding: word(...paddings)
    .default(defaultConventions.padding)
    .describe('Padding of convolutions: as TensorFlow pads, or the same on both sides, as PyTorch does'),
  batchNormEpsilon: quantity('a number from 1e-12 to 1', { min: 1e-12, max: 1 })
    .default(defaultConventions.batchNormEpsilon)
    .describe('Number added to the variance in batch norm'),
  layerScale: flag()
    .default(defaultConventions.layerScale)
    .describe('True for a learned scale per channel at the end of UIBs and attention blocks'),
  stages: list(
    record({
      out: openChannels.optional().describe('Output channels of the stage; a list is one choice for all its blocks'),
      blocks: list(slot, 'a list of blocks', 0).describe('Blocks of the stage in order'),
    }),
    'a list of stages',
  ).describe('Stages in order'),
  head: record({
    conv: open(integer('a channel count from 0 (absent) to 8192', 0, 8192), 'channel counts').describe(
      'Channels of the 1x1 convolution before the pooling; 0 leaves it out',
    ),
    hidden: open(integer('a channel count from 0 (absent) to 8192', 0, 8192), 'channel counts').describe(
      'Channels of the 1x1 convolution after the pooling; 0 leaves it out',
    ),
    hiddenNorm: flag().default(true).describe('True for batch norm in the layer after the pooling'),
  }).describe('Layers that turn the output of the last stage into class scores'),
  provenance: provenance.optional().describe('Origin of the network; written by searches, free-form otherwise'),
}).refine(({ stages }) => stages.reduce((n, { blocks }) => n + placesIn(blocks), 0) <= mostBlocks, {
  error: `at most ${mostBlocks} blocks in all`,
  path: ['stages'],
});

/** Counts blocks with their repeats, each capped at the most allowed, since more is reported separately. */
function placesIn(blocks: readonly SlotInput[]): number {
  return blocks.reduce((n, { repeat = 1 }) => n + Math.min(repeat, mostRepeated), 0);
}

export type SpaceInput = z.output<typeof spaceSchema>;

export const refinementSchema = record({
  name: line('a name').describe('Name of the refinement'),
  refine: record({
    startKernel: open(depthwiseKernel, 'depthwise kernels')
      .optional()
      .describe("Options of the depthwise layer before the expansion; by default the block's kernel"),
    midKernel: open(depthwiseKernel, 'depthwise kernels')
      .optional()
      .describe("Options of the depthwise layer after the expansion; by default the block's kernel"),
    expand: open(expand, 'expansions').optional().describe("Options of the expansion; by default the block's factor"),
    stages: list(integer('a stage number from 0', 0, 1000), 'a list of stage numbers')
      .refine(distinct, { error: 'stage numbers that differ' })
      .optional()
      .describe('Numbers of the stages to open, from 0; by default all'),
  }).describe('Options to open in the universal inverted bottlenecks of a network'),
});

export type Refinement = z.output<typeof refinementSchema>['refine'];
