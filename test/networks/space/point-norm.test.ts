import { expect, it } from 'vitest';
import { parseSpace } from '#networks/space/parse';
import { pointNorm } from '#networks/space/point-norm';

const uib = '{ kind: uib, startKernel: 0, midKernel: 3, stride: 2, expand: 2, out: 8 }';
const conv = '{ kind: conv, kernel: 3, stride: 2, out: 8 }';
const mqa = (kvStride: number) => `{ kind: mqa, heads: 2, keyDim: 4, kvStride: ${kvStride}, out: 8 }`;

/** The layer found in a space for 8x8 images with these blocks and this head. */
function found(blocks: readonly string[], head = 'conv: 16, hidden: 0'): string | undefined {
  const lines = ['name: n', 'input: { resolution: 8, channels: 1 }', 'classes: 3', 'activation: relu'];
  const text = [...lines, `stages: [{ blocks: [${blocks.join(', ')}] }]`, `head: { ${head} }`].join('\n');
  return pointNorm(parseSpace('n.yaml', text));
}

it.each([
  ['maps of 4x4 and 2x2', [conv, uib], 'conv: 16, hidden: 0', undefined],
  ['a third stride, which leaves 1x1', [conv, uib, uib], 'conv: 16, hidden: 0', 'stages[0].blocks[2]'],
  ['attention on 2x2', [conv, uib, mqa(1)], 'conv: 16, hidden: 0', undefined],
  ['attention on 2x2 with keys and values from 1x1', [conv, uib, mqa(2)], 'conv: 16, hidden: 0', 'stages[0].blocks[2]'],
  ['a hidden layer after the pooling', [conv], 'conv: 16, hidden: 8', 'head.hidden'],
  ['an optional hidden layer', [conv], 'conv: 16, hidden: [0, 8]', 'head.hidden'],
  ['a hidden layer with a bias instead', [conv], 'conv: 16, hidden: 8, hiddenNorm: false', undefined],
])('with %s, batch norm on a 1x1 map is found if present', (_, blocks, head, layer) => {
  expect(found(blocks, head)).toBe(layer);
});

it('a map of one row and several columns is not 1x1', () => {
  const blocks = `[${[conv, uib, uib].join(', ')}]`;
  const space = (resolution: string) =>
    parseSpace(
      'n.yaml',
      `name: n\ninput: { resolution: ${resolution}, channels: 1 }\nclasses: 3\nactivation: relu\nstages: [{ blocks: ${blocks} }]\nhead: { conv: 16, hidden: 0 }\n`,
    );
  expect(pointNorm(space('8'))).toBe('stages[0].blocks[2]');
  expect(pointNorm(space('{ height: 8, width: 12 }'))).toBeUndefined();
});

it('among the blocks of oneOf, the one with the smallest map counts', () => {
  const oneOf = `{ oneOf: [{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 8 }, ${mqa(2)}] }`;
  expect(found([conv, uib, oneOf])).toBe('stages[0].blocks[2]');
});
