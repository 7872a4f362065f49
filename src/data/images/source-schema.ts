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
    area: cropArea.default([0.08, 1]),
    aspect: range('two ratios of width to height', { above: 0, max: 100 }).default([3 / 4, 4 / 3]),
  }).optional(),
  shift: integer('a count of pixels from 0 to 2048', 0, 2048).optional(),
  flip: flag().optional(),
  mixup: record({ alpha: quantity('a number above 0, at most 1e6', { above: 0, max: 1e6 }) }).optional(),
  erase: record({ probability, area: erasedArea.default([0.02, 0.2]) }).optional(),
});

const folder = text('a folder, relative to the recipe');
const classNames = classNameList().optional();

const idxForm = {
  /** The label of the first class, 1 where labels count from 1. */
  firstLabel: integer('a label from 0 to 255', 0, 255).optional(),
  /** True if rows and columns of the images are exchanged, as in EMNIST. */
  transposed: flag().optional(),
};

/** A recipe's `source`; relative folders start from the recipe's own. */
export type SourceReference = z.output<typeof sourceSchema>;

/** A source with its kind, which its keys tell: a known data set, or a folder of files in a format. */
export function sourceOfKind(source: SourceReference) {
  if ('dataset' in source) return { kind: 'known', ...source } as const;
  return source.format === 'idx' ? ({ kind: 'idx', ...source } as const) : ({ kind: 'cifar10', ...source } as const);
}

export const sourceSchema = z.union(
  [
    record({ dataset: word(...datasetNames), folder: folder.optional() }),
    record({ format: z.literal('idx', { error: 'idx or cifar10' }), folder, classNames, ...idxForm }),
    record({ format: z.literal('cifar10', { error: 'idx or cifar10' }), folder, classNames }),
  ],
  { error: '{ dataset } or { format, folder }' },
);
