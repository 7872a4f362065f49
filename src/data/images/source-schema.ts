/** Schemas of `source` and `augment`, which dataset and training recipes share. */
import { z } from 'zod';
import { flag, integer, quantity, record, text, word } from '#core/documents/conform';
import { classNameList } from './class-names.js';
import { datasetNames } from './datasets.js';

/** A pair of numbers, the first not above the second. */
function range(what: string, bounds: Parameters<typeof quantity>[1]) {
  const end = quantity(what, bounds);
  return z
    .tuple([end, end], { error: what })
    .refine(([low, high]) => low <= high, { error: `${what}, low before high` });
}

const cropArea = range('two shares of the area above 0 and at most 1', { above: 0, max: 1 });
const erasedArea = range('two shares of the area above 0 and below 1', { above: 0, below: 1 });
const probability = quantity('a probability from 0 to 1', { min: 0, max: 1 });

export const augmentSchema = record({
  inceptionCrop: record({
    area: cropArea.default([0.08, 1]).describe('Smallest and largest area of the crop, as shares of the image'),
    aspect: range('two ratios of width to height', { above: 0, max: 100 })
      .default([3 / 4, 4 / 3])
      .describe("Smallest and largest ratio of the crop's width to its height"),
  })
    .optional()
    .describe('Crop a random part of the image and resize it to full size'),
  shift: integer('a count of pixels from 0 to 2048', 0, 2048)
    .optional()
    .describe('Shift the image by up to this many pixels along each axis'),
  flip: flag().optional().describe('Mirror half of the images left to right'),
  mixup: record({
    alpha: quantity('a number above 0, at most 1e6', { above: 0, max: 1e6 }).describe(
      'Parameter of the beta distribution from which the share of each image is drawn',
    ),
  })
    .optional()
    .describe('Blend each image with another'),
  erase: record({
    probability: probability.describe('Probability that an image loses a rectangle'),
    area: erasedArea
      .default([0.02, 0.2])
      .describe('Smallest and largest area of the rectangle, as shares of the image'),
  })
    .optional()
    .describe('Set a random rectangle to 0'),
});

const folder = text('a folder, relative to the recipe').describe('Folder of the files, relative to the recipe');
const classNames = classNameList().optional().describe('Names of the classes in the order of their labels');

const idxForm = {
  firstLabel: integer('a label from 0 to 255', 0, 255)
    .optional()
    .describe('Label of the first class; by default 0; 1 if labels count from 1'),
  transposed: flag().optional().describe('True if rows and columns of the images are exchanged, as in EMNIST'),
};

/** A recipe's `source`; relative folders start from the recipe's folder. */
export type SourceReference = z.output<typeof sourceSchema>;

/** A source with its kind, which follows from its keys: a known data set, or a folder of files in a format. */
export function sourceOfKind(source: SourceReference) {
  if ('dataset' in source) return { kind: 'known', ...source } as const;
  return source.format === 'idx' ? ({ kind: 'idx', ...source } as const) : ({ kind: 'cifar10', ...source } as const);
}

function form<const F extends string>(name: F) {
  return z
    .literal(name, { error: 'idx or cifar10' })
    .describe('Format of the files: IDX or the binary format of CIFAR-10');
}

export const sourceSchema = z.union(
  [
    record({
      dataset: word(...datasetNames).describe('Data set that mnv4-nas dataset fetch downloads'),
      folder: folder.optional(),
    }),
    record({ format: form('idx'), folder, classNames, ...idxForm }),
    record({ format: form('cifar10'), folder, classNames }),
  ],
  { error: '{ dataset } or { format, folder }' },
);
