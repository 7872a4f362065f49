import { describe, it } from 'vitest';
import { expectBlockLikeTfjs } from './block-check.js';

describe('a depthwise separable convolution', () => {
  it.each([1, 2])('of stride %i is its composition in TensorFlow.js, never with its input added', (stride) => {
    for (const side of [5, 6]) {
      expectBlockLikeTfjs({ kind: 'dwSep', kernel: 3, stride, out: 16 }, side, 16, 'relu6');
      expectBlockLikeTfjs({ kind: 'dwSep', kernel: 5, stride, out: 24 }, side, 16);
    }
  });
});
