/** The formats of files that hold labelled images. */

export const sourceFormats = ['folder', 'csv', 'idx', 'cifar10', 'cifar100'] as const;

export type SourceFormat = (typeof sourceFormats)[number];
