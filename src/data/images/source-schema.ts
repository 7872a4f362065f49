/** Schemas of `source` and `augment`, which dataset and training recipes share. */
import { z } from 'zod';
import { flag, integer, list, quantity, record, text, word } from '#core/documents/conform';
import { Failure } from '#core/failure';
import { suggestion } from '#core/nearest';
import { highestMagnitude, scaleNames } from './augment/rand-augment.js';
import { classNameList } from './class-names.js';
import { datasetNames } from './datasets.js';
import { resolutionSchema } from './resolution-schema.js';
import { type SourceFormat, sourceFormats } from './source-format.js';

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

const mixSchema = record({
  alpha: quantity('a number above 0, at most 1e6', { above: 0, max: 1e6 }).describe(
    'Parameter of the beta distribution from which the share of each image is drawn',
  ),
  probability: probability
    .optional()
    .describe(
      'Share of the images that are mixed in this way; by default all, with both mixup and cutmix half, or what the other leaves',
    ),
});

const randAugmentSchema = record({
  operations: integer('a count of operations from 1 to 14', 1, 14).default(2).describe('Operations for each image'),
  magnitude: quantity('a magnitude from 0 to 30', { min: 0, max: 30 }).describe(
    "Magnitude of all operations on the scale: a whole number from 0 to 30 for torchvision's, any from 0 to 20 for timm's, to 10 for timmIncreasing",
  ),
  scale: word(...scaleNames).describe(
    "Library whose magnitudes are meant. Magnitude 9 turns by 9 degrees on torchvision's scale, by 27 on timm's (rand-m9; timmIncreasing: rand-m9-inc1). timm's own set also has invert and solarizeAdd, and applies each operation with probability 0.5; here there are 14 operations, with nearest neighbours and black borders as in torchvision",
  ),
  spread: quantity('a standard deviation from 0 to 10', { min: 0, max: 10 })
    .optional()
    .describe("Standard deviation of the magnitude, drawn for each operation, as timm's mstd; only with timm's scales"),
  probability: probability.optional().describe('Probability that a drawn operation applies; by default 1'),
})
  .refine(({ scale, magnitude }) => magnitude <= highestMagnitude[scale], {
    error: "a magnitude from 0 to 20 on timm's scale, from 0 to 10 on timmIncreasing",
    path: ['magnitude'],
  })
  .refine(({ scale, magnitude }) => scale !== 'torchvision' || Number.isInteger(magnitude), {
    error: "a whole number on torchvision's scale",
    path: ['magnitude'],
  })
  .refine(({ scale, spread }) => scale !== 'torchvision' || spread === undefined, {
    error: "no spread on torchvision's scale",
    path: ['spread'],
  });

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
  randAugment: randAugmentSchema
    .optional()
    .describe(
      'Apply random operations to each image, after Cubuk et al. (arXiv:1909.13719): identity, autoContrast, equalize, rotate, solarize, color, posterize, contrast, brightness, sharpness, shearX, shearY, translateX, translateY',
    ),
  mixup: mixSchema
    .optional()
    .describe(
      "Blend each image with another. With alpha: 1 the share is uniform, MobileNetV4's extreme Mixup after Beyer et al. (arXiv:2106.05237)",
    ),
  cutmix: mixSchema
    .optional()
    .describe('Replace a rectangle of each image by that of another, after Yun et al. (arXiv:1905.04899)'),
  erase: record({
    probability: probability.describe('Probability that an image loses a rectangle'),
    area: erasedArea
      .default([0.02, 0.2])
      .describe('Smallest and largest area of the rectangle, as shares of the image'),
  })
    .optional()
    .describe('Set a random rectangle to 0'),
}).refine(({ mixup, cutmix }) => (mixup?.probability ?? 0) + (cutmix?.probability ?? 0) <= 1, {
  error: 'probabilities of mixup and cutmix with a sum of at most 1',
  path: ['cutmix', 'probability'],
});

/** Keys of all files of the user. */
const files = {
  folder: text('a folder, relative to the recipe').describe(
    'Folder of the files, or one file of them, relative to the recipe',
  ),
  classNames: classNameList().optional().describe('Names of the classes in the order of their labels'),
};

/** Keys of all images. */
const size = {
  resolution: resolutionSchema
    .optional()
    .describe(
      'Height and width that all images are brought to; a number for square ones; by default that of the files',
    ),
  centralCrop: quantity('a share above 0 and at most 1', { above: 0, max: 1 })
    .optional()
    .describe('Share of the shorter side that evaluation sees if a resolution is set; by default 0.875'),
};

/** Keys of formats whose images are encoded. */
const encoded = {
  skipBroken: integer('a count of images, 0 or more', 0)
    .optional()
    .describe(
      'Most images that are left out because they cannot be decoded; by default 0; above 0 all are decoded once',
    ),
  testShare: quantity('a share above 0 and below 1', { above: 0, below: 1 })
    .optional()
    .describe('Share of each class that is kept for the test if the files have no test part; by default 0.2'),
  seed: integer('a seed, 0 or more', 0).optional().describe('Seed of that split; by default 0'),
};

/** Keys of formats of separate image files. */
const links = {
  followLinks: flag()
    .optional()
    .describe('True to follow links that lead out of the folder; by default such links are refused'),
};

const firstLabel = integer('a label from 0 to 255', 0, 255)
  .optional()
  .describe('Label of the first class; by default 0; 1 if labels count from 1');

const idx = {
  firstLabel,
  transposed: flag().optional().describe('True if rows and columns of the images are exchanged, as in EMNIST'),
};

const patterns = (part: string) =>
  list(text('a pattern of file names'), 'a list of patterns of file names')
    .optional()
    .describe(`Files of the ${part} part, as patterns such as train-*.tar; by default those with its name in theirs`);

/** Keys of files that hold many encoded images each. */
const shards = {
  image: text('the name of a field')
    .optional()
    .describe('Field, key or column with the images; by default it is found'),
  label: text('the name of a field')
    .optional()
    .describe('Field, key or column with the labels; by default it is found'),
  train: patterns('train'),
  test: patterns('test'),
  firstLabel,
};

const cifar100 = {
  labels: word('fine', 'coarse').optional().describe('Which labels are the classes; by default the 100 fine ones'),
};

/** The keys of each format, without `format`. */
const keysOf = {
  folder: { ...files, ...size, ...encoded, ...links },
  csv: { ...files, ...size, ...encoded, ...links },
  webdataset: { ...files, ...size, ...encoded, ...shards },
  tfrecord: { ...files, ...size, ...encoded, ...shards },
  parquet: { ...files, ...size, ...encoded, ...shards },
  idx: { ...files, ...size, ...idx },
  cifar10: { ...files, ...size },
  cifar100: { ...files, ...size, ...cifar100 },
};

/** A recipe's `source`; relative folders start from the recipe's folder. */
export type SourceReference = z.output<typeof sourceSchema>;

/** Adds to a source its kind: a known data set, or the user's files, whose format is found if it is not named. */
export function sourceOfKind(source: SourceReference) {
  if ('dataset' in source) return { kind: 'known', ...source } as const;
  const { format = 'auto' } = source;
  return { kind: 'files', ...source, format: format === 'auto' ? undefined : format } as const;
}

export type FilesSource = Extract<ReturnType<typeof sourceOfKind>, { readonly kind: 'files' }>;

function formats<const F extends SourceFormat | 'auto'>(name: F) {
  const error = `one of auto, ${sourceFormats.join(', ')}`;
  return z.literal(name, { error }).describe('Format of the files; by default auto: it is found by what is there');
}

export const sourceSchema = z.union(
  [
    record({
      format: formats('auto').optional(),
      ...files,
      ...size,
      ...encoded,
      ...links,
      ...shards,
      ...idx,
      ...cifar100,
    }),
    record({
      dataset: word(...datasetNames).describe('Data set that mnv4-nas dataset fetch downloads'),
      folder: files.folder.optional(),
      ...size,
    }),
    record({ format: formats('folder'), ...keysOf.folder }),
    record({ format: formats('csv'), ...keysOf.csv }),
    record({ format: formats('webdataset'), ...keysOf.webdataset }),
    record({ format: formats('tfrecord'), ...keysOf.tfrecord }),
    record({ format: formats('parquet'), ...keysOf.parquet }),
    record({ format: formats('idx'), ...keysOf.idx }),
    record({ format: formats('cifar10'), ...keysOf.cifar10 }),
    record({ format: formats('cifar100'), ...keysOf.cifar100 }),
  ],
  { error: '{ dataset } or { folder }' },
);

/** The source with its format, once that is found; keys of other formats are a config failure. */
export function withFormat(source: FilesSource, format: SourceFormat): FilesOfFormat {
  const { kind: _, format: __, ...keys } = source;
  const unknown = Object.keys(keys).find((key) => !(key in keysOf[format]));
  if (unknown === undefined) return { ...keys, format } as FilesOfFormat;
  const known = Object.keys(keysOf[format]);
  throw new Failure(
    'config',
    `source.${unknown}: the files in ${source.folder} have the format ${format}, which has no such key${suggestion(unknown, known)}`,
  );
}

/** A source of the user's files whose format is known. */
export type FilesOfFormat = Extract<SourceReference, { readonly format: SourceFormat }>;
