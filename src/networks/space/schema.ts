/** The YAML form of spaces, networks and refinements. A scalar is fixed, a list is a choice. */
import { z } from 'zod';
import { flag, integer, line, list, quantity, record, word } from '#core/documents/conform';
import { activations } from './block.js';
import { leastSide, mostSide } from './resolution.js';
import { defaultConventions, paddings } from './space.js';

const mostRepeated = 64;
const mostOptions = 64; // a block's costs are tabled for every way of deciding it

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
const attention = {
  heads: integer('a number of heads from 1 to 64', 1, 64),
  keyDim: integer('a width from 1 to 1024', 1, 1024),
  valueDim: integer('a width from 1 to 1024', 1, 1024).optional(),
  kvStride: z.literal([1, 2], { error: strideWhat }).default(1),
  stride: z.literal(1, { error: 'a stride of 1, the only one that attention has' }).default(1),
  out: openChannels.optional(),
};
const placed = {
  repeat: integer(`a count from 1 to ${mostRepeated}`, 1, mostRepeated).optional(),
  optional: flag().optional(),
};

const fields = {
  conv: { kernel: open(kernel, 'kernel sizes'), stride, out: openChannels.optional() },
  fusedIb: {
    kernel: open(kernel, 'kernel sizes'),
    stride,
    expand: open(expand, 'expansions'),
    out: openChannels.optional(),
  },
  uib: {
    startKernel: open(depthwiseKernel, 'depthwise kernels'),
    midKernel: open(depthwiseKernel, 'depthwise kernels'),
    stride,
    expand: open(expand, 'expansions'),
    out: openChannels.optional(),
  },
  mqa: attention,
  mha: attention,
  dwSep: { kernel: open(kernel, 'kernel sizes'), stride, out: openChannels.optional() },
  invertedResidual: {
    kernel: open(kernel, 'kernel sizes'),
    stride,
    expand: open(ratio, 'expansions'),
    squeeze: flag().default(false),
    activation: word(...activations).optional(),
    out: openChannels.optional(),
  },
};

export const blockKinds = Object.keys(fields) as (keyof typeof fields)[];

function blocks<T extends z.core.$ZodLooseShape>(more: T) {
  return z.discriminatedUnion(
    'kind',
    [
      record({ kind: z.literal('conv'), ...fields.conv, ...more }),
      record({ kind: z.literal('fusedIb'), ...fields.fusedIb, ...more }),
      record({ kind: z.literal('uib'), ...fields.uib, ...more }),
      record({ kind: z.literal('mqa'), ...fields.mqa, ...more }),
      record({ kind: z.literal('mha'), ...fields.mha, ...more }),
      record({ kind: z.literal('dwSep'), ...fields.dwSep, ...more }),
      record({ kind: z.literal('invertedResidual'), ...fields.invertedResidual, ...more }),
    ],
    { error: (issue) => (issue.code === 'invalid_union' ? `one of ${blockKinds.join(', ')}` : 'a block') },
  );
}

const plainBlock = blocks({});
const placedBlock = blocks(placed);
const oneOfBlock = record({ oneOf: list(plainBlock, 'a list of blocks', 2), ...placed }, 'a block');
const slot = z.union([placedBlock, oneOfBlock]);

export type BlockInput = z.output<typeof plainBlock>;
export type SlotInput = z.output<typeof slot>;

const mostBlocks = 1000; // the deepest network shipped has 60

/** Where a network came from; written by searches, kept by tools, read by people. */
const provenance = z.record(z.string(), z.unknown(), { error: 'a mapping' });

const side = integer(`a resolution from ${leastSide} to ${mostSide}`, leastSide, mostSide);

export const spaceSchema = record({
  name: line('a name'),
  input: record({
    resolution: z.union([side, record({ height: side, width: side }, '{ height, width }')]),
    channels: integer('a channel count from 1 to 16', 1, 16),
    mean: list(quantity('a mean of pixels, from 0 to 1', { min: 0, max: 1 }), 'a mean for each channel').optional(),
    std: list(
      quantity('a deviation from 1e-4 to 1e4', { min: 1e-4, max: 1e4 }),
      'a deviation for each channel',
    ).optional(),
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
    }),
  classes: integer('a number of classes from 2 to 100000', 2, 100_000),
  activation: word(...activations),
  padding: word(...paddings).default(defaultConventions.padding),
  batchNormEpsilon: quantity('a number from 1e-12 to 1', { min: 1e-12, max: 1 }).default(
    defaultConventions.batchNormEpsilon,
  ),
  layerScale: flag().default(defaultConventions.layerScale),
  stages: list(record({ out: openChannels.optional(), blocks: list(slot, 'a list of blocks', 0) }), 'a list of stages'),
  head: record({
    conv: open(integer('a channel count from 0 (absent) to 8192', 0, 8192), 'channel counts'),
    hidden: open(integer('a channel count from 0 (absent) to 8192', 0, 8192), 'channel counts'),
    hiddenNorm: flag().default(true),
  }),
  provenance: provenance.optional(),
}).refine(({ stages }) => stages.reduce((n, { blocks }) => n + placesIn(blocks), 0) <= mostBlocks, {
  error: `at most ${mostBlocks} blocks in all`,
  path: ['stages'],
});

/** Blocks, each as often as it is repeated; too often is a mistake of its own. */
function placesIn(blocks: readonly SlotInput[]): number {
  return blocks.reduce((n, { repeat = 1 }) => n + Math.min(repeat, mostRepeated), 0);
}

export type SpaceInput = z.output<typeof spaceSchema>;

export const refinementSchema = record({
  name: line('a name'),
  refine: record({
    startKernel: open(depthwiseKernel, 'depthwise kernels').optional(),
    midKernel: open(depthwiseKernel, 'depthwise kernels').optional(),
    expand: open(expand, 'expansions').optional(),
    stages: list(integer('a stage number from 0', 0, 1000), 'a list of stage numbers')
      .refine(distinct, { error: 'stage numbers that differ' })
      .optional(),
  }),
});

export type Refinement = z.output<typeof refinementSchema>['refine'];
