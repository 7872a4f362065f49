import { describe, it } from 'vitest';
import { expectBlockLikeTfjs } from './block-check.js';

describe('a fused inverted bottleneck', () => {
  it.each([1, 2])('with stride %i computes what its table row says, in TensorFlow.js', (stride) => {
    for (const kernel of [3, 5]) {
      expectBlockLikeTfjs({ kind: 'fusedIb', kernel, stride, expand: 4, out: 8 }, 7, 4);
      expectBlockLikeTfjs({ kind: 'fusedIb', kernel, stride, expand: 2, out: 8 }, 6, 8, 'gelu');
    }
  });
});
