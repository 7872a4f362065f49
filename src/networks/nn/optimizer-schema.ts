/** Optimizers as configs and recipes state them. */
import { z } from 'zod';
import { quantity, record } from '#core/documents/conform';

const share = quantity('a share from 0 to below 1', { min: 0, below: 1 }); // a mean that keeps all of itself never learns

export const optimizerSchema = z.discriminatedUnion(
  'kind',
  [
    record({
      kind: z.literal('rmsProp'),
      decay: share.default(0.9),
      momentum: share.default(0.9),
      epsilon: quantity('a number from 1e-15 to 1e9', { min: 1e-15, max: 1e9 }).default(1), // TuNAS, released default
    }),
    record({
      kind: z.literal('adamW'),
      beta1: share.default(0.9),
      beta2: share.default(0.999),
      weightDecay: quantity('a number from 0 to 1e9', { min: 0, max: 1e9 }).default(0),
    }),
  ],
  { error: (issue) => (issue.code === 'invalid_union' ? 'one of rmsProp, adamW' : 'a mapping with kind') },
);
