import { expect, it } from 'vitest';
import type { BlockSpec } from '#networks/space/block';
import { blockDrawing } from '#networks/space/block-drawing';

it.each<[string, BlockSpec]>([
  ['conv 3x3 32 /2', { kind: 'conv', kernel: 3, stride: 2, out: 32 }],
  ['conv 1x1 16', { kind: 'conv', kernel: 1, stride: 1, out: 16 }],
  ['conv 3x3 64 ─ 1x1 16 +', { kind: 'fusedIb', kernel: 3, stride: 1, expand: 4, out: 16 }],
  [
    'dw 3x3 ─ 1x1 64 ─ dw 5x5 /2 ─ 1x1 24',
    { kind: 'uib', startKernel: 3, midKernel: 5, stride: 2, expand: 4, out: 24 },
  ],
  ['dw 5x5 /2 ─ 1x1 64 ─ 1x1 24', { kind: 'uib', startKernel: 5, midKernel: 0, stride: 2, expand: 4, out: 24 }],
  ['1x1 64 ─ 1x1 16 +', { kind: 'uib', startKernel: 0, midKernel: 0, stride: 1, expand: 4, out: 16 }],
])('draws %s', (drawing, block) => {
  expect(blockDrawing(block, 16)).toBe(drawing);
});
