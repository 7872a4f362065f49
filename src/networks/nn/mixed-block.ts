import type { BlockSpec } from '#networks/space/block';

/** One kernel size, or several at once: the layer's output is then the mean of its options' outputs. */
export type KernelSizes = number | readonly number[];

/**
 * A block whose kernel sizes may be several at once, averaged: op warm-up trains a choice between them in this form.
 */
export type MixedBlock<B extends BlockSpec = BlockSpec> = B extends BlockSpec
  ? { readonly [K in keyof B]: K extends 'kernel' | 'startKernel' | 'midKernel' ? KernelSizes : B[K] }
  : never;
