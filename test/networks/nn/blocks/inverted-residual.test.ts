import { describe, it } from 'vitest';
import { expectBlockLikeTfjs } from './block-check.js';

const spec = { kind: 'invertedResidual', kernel: 3, stride: 1, expand: 2.5, squeeze: false, out: 16 } as const;

describe('an inverted residual', () => {
  it.each(['relu', 'relu6', 'hardSwish', 'gelu'] as const)(
    'with %s is its composition in TensorFlow.js',
    (activation) => {
      expectBlockLikeTfjs(spec, 6, 16, activation);
      expectBlockLikeTfjs({ ...spec, stride: 2, expand: 1, kernel: 5 }, 6, 16, activation);
    },
  );

  it('weighs its channels by squeeze-and-excitation', () => {
    expectBlockLikeTfjs({ ...spec, squeeze: true }, 6, 16, 'hardSwish');
    expectBlockLikeTfjs({ ...spec, squeeze: true, stride: 2, out: 24, kernel: 5 }, 7, 16, 'hardSwish');
  });

  it('may have an activation of its own', () => {
    expectBlockLikeTfjs({ ...spec, activation: 'relu', squeeze: true }, 6, 16, 'hardSwish');
  });
});
