/** Optimizers as configs and recipes state them. */
import { z } from 'zod';
import { quantity, record } from '#core/documents/conform';

const share = quantity('a share from 0 to below 1', { min: 0, below: 1 }); // a decay of 1 never learns

export const optimizerSchema = z.discriminatedUnion(
  'kind',
  [
    record({
      kind: z.literal('rmsProp').describe('The optimizer'),
      decay: share.default(0.9).describe('Decay of the mean of squared gradients'),
      momentum: share.default(0.9).describe('Momentum of the steps'),
      epsilon: quantity('a number from 1e-15 to 1e9', { min: 1e-15, max: 1e9 })
        .default(1) // TuNAS, released default
        .describe('Number added to the mean of squared gradients before its root'),
    }),
    record({
      kind: z.literal('adamW').describe('The optimizer'),
      beta1: share.default(0.9).describe('Decay of the mean of gradients'),
      beta2: share.default(0.999).describe('Decay of the mean of squared gradients'),
      weightDecay: quantity('a number from 0 to 1e9', { min: 0, max: 1e9 })
        .default(0)
        .describe('Weight decay, decoupled from the gradient'),
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'one of rmsProp, adamW' : 'a mapping with kind') },
);
