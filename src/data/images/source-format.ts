/** The formats of files that hold labelled images. */

export const sourceFormats = [
  'folder',
  'csv',
  'webdataset',
  'tfrecord',
  'parquet',
  'idx',
  'cifar10',
  'cifar100',
] as const;

export type SourceFormat = (typeof sourceFormats)[number];
