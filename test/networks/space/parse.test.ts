import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { asNetwork, parseSpace } from '#networks/space/parse';
import { printSpace } from '#networks/space/print';
import { refinementSchema, spaceSchema } from '#networks/space/schema';
import { isChoice, type Opened } from '#networks/space/space';
import { spaceOf } from './space-of.js';

const document = (block: string) => `name: t
input: { resolution: 32, channels: 3 }
classes: 10
activation: relu
stages:
  - blocks:
      - ${block}
head: { conv: 64, hidden: 0 }
`;
const conv = '{ kind: conv, kernel: 3, out: 8 }';
const block = 'stages[0].blocks[0]';

/** The failure message for a document. */
function refusal(text: string): string {
  try {
    parseSpace('f.yaml', text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

describe('a space document', () => {
  it("shares one choice of a stage's out between its blocks, and repeats blocks", () => {
    const { stages } = spaceOf('  - out: [8, 16]\n    blocks: [{ kind: conv, kernel: [1, 3], repeat: 3 }]');
    const blocks = stages[0]?.slots.map(({ among }) => among[0] as Opened & { kind: 'conv' }) ?? [];
    expect(new Set(blocks.map(({ out }) => out)).size).toBe(1);
    expect(blocks.map(({ kernel }) => isChoice(kernel) && kernel.path)).toEqual(
      [0, 1, 2].map((b) => `stages[0].blocks[${b}].kernel`),
    );
  });

  it('reads a list of one value as that value', () => {
    expect(spaceOf('  - out: [8]\n    blocks: [{ kind: conv, kernel: [3] }]').choices).toEqual([]);
  });

  it.each([
    ['32', 32],
    ['{ height: 32, width: 32 }', 32],
    ['{ height: 8, width: 12 }', { height: 8, width: 12 }],
  ])('has a resolution of %s, a square in one form', (written, resolution) => {
    const space = parseSpace('f.yaml', document(conv).replace('resolution: 32', `resolution: ${written}`));
    expect(space.input).toEqual({ resolution, channels: 3 });
    expect(parseSpace('p.yaml', printSpace(space))).toEqual(space);
  });

  it.each([
    ['[8, 12]', '2:22: input.resolution: expected a resolution from 4 to 2048, or { height, width }; got [8,12]'],
    ['{ height: 8, width: 3 }', '2:42: input.resolution.width: expected a resolution from 4 to 2048; got 3'],
    ['{ height: 8 }', '2:22: input.resolution.width: missing; expected a resolution from 4 to 2048'],
  ])('has no resolution of %s', (written, message) => {
    expect(refusal(document(conv).replace('resolution: 32', `resolution: ${written}`))).toBe(`f.yaml:${message}`);
  });

  it('may have a stage without blocks, which chooses no width', () => {
    expect(spaceOf('  - blocks: []').stages).toEqual([{ slots: [] }]);
    expect(() => spaceOf('  - { out: [8, 16], blocks: [] }')).toThrow(
      't.yaml:6:29: stages[0].blocks: expected blocks, since the stage has an out; got none',
    );
  });

  it('with choices is not a network', () => {
    const space = spaceOf('  - blocks: [{ kind: conv, kernel: [1, 3], out: 8 }]');
    expect(() => asNetwork(space, 'f.yaml')).toThrow(
      `f.yaml: ${block}.kernel: expected a network, every value fixed; got a space with 1 choices`,
    );
  });
});

describe('a mistake in a block', () => {
  it.each([
    [
      '{ kind: conv, kernal: 3, out: 8 }',
      `7:9: ${block}.kernel: missing; expected an odd kernel size from 1 to 11, or a list of kernel sizes\nf.yaml:7:23: ${block}.kernal: unknown key; did you mean kernel?`,
    ],
    [
      '{ kind: conv, kernel: 3, out: wide }',
      `7:39: ${block}.out: expected a channel count from 1 to 8192, or a list of channel counts; got wide`,
    ],
    [
      '{ kind: fusedIb, kernel: 3, expand: [2, 2.5], out: 8 }',
      `7:49: ${block}.expand[1]: expected a whole expansion from 1 to 16; got 2.5`,
    ],
    ['{ kind: conv, kernel: 3, out: 0 }', `7:39: ${block}.out: expected a channel count from 1 to 8192; got 0`],
    [
      '{ kind: conv, kernel: "3", out: 8 }',
      `7:31: ${block}.kernel: expected an odd kernel size from 1 to 11, or a list of kernel sizes; got "3"`,
    ],
    [
      '{ kind: conv, kernel: [3, 4], out: 8 }',
      `7:35: ${block}.kernel[1]: expected an odd kernel size from 1 to 11; got 4`,
    ],
    ['{ kind: conv, kernel: [3, 3], out: 8 }', `7:31: ${block}.kernel: expected options that differ; got [3,3]`],
    [
      '{ kind: conv, kernel: [], out: 8 }',
      `7:31: ${block}.kernel: expected a list of kernel sizes of at least 1; got []`,
    ],
    ['{ kind: conv, kernel: 3, stride: 3, out: 8 }', `7:42: ${block}.stride: expected a stride of 1 or 2; got 3`],
    ['{ kind: conv, kernel: 3, expand: 4, out: 8 }', `7:34: ${block}.expand: unknown key`],
    ['{ kind: conv, kernel: 3 }', `7:9: ${block}.out: missing; expected out in the block, or one for its whole stage`],
    [
      '{ kernel: 3, out: 8 }',
      `7:9: ${block}.kind: missing; expected one of conv, fusedIb, uib, mqa, mha, dwSep, invertedResidual`,
    ],
    [
      '{ kind: convv, kernel: 3, out: 8 }',
      `7:17: ${block}.kind: expected one of conv, fusedIb, uib, mqa, mha, dwSep, invertedResidual; got convv`,
    ],
    ['conv', `7:9: ${block}: expected a block; got conv`],
    ['{ oneOf: conv }', `7:18: ${block}.oneOf: expected a list of blocks; got conv`],
    [
      `{ oneOf: [${conv}] }`,
      `7:18: ${block}.oneOf: expected a list of blocks of at least 2; got [{"kind":"conv","kernel":3,"out":8}]`,
    ],
    [
      `{ oneOf: [${conv}, { kind: conv, kernal: 3, out: 8 }] }`,
      `7:54: ${block}.oneOf[1].kernel: missing; expected an odd kernel size from 1 to 11, or a list of kernel sizes\nf.yaml:7:68: ${block}.oneOf[1].kernal: unknown key; did you mean kernel?`,
    ],
    [
      `{ oneOf: [${conv}, { kind: conv, kernel: 3, stride: 2, out: 8 }] }`,
      `7:54: ${block}.oneOf[1]: expected the stride and out of the first block of oneOf; got others`,
    ],
    [
      `{ oneOf: [${conv}, { kind: conv, kernel: [1, 3], out: 8 }, ${conv}] }`,
      `7:94: ${block}.oneOf[2]: expected blocks that differ; got that of oneOf[0] again`,
    ],
    [
      '{ kind: fusedIb, kernel: 3, expand: [2, 1, 8], out: 8, repeat: 2 }',
      `7:45: ${block}.expand: expected options that differ; got 2 and 1, which both round to 8 channels`,
    ],
    [
      '{ kind: invertedResidual, kernel: 3, expand: [1, 1.5, 2], out: 8 }',
      `7:54: ${block}.expand: expected options that differ; got 1.5 and 2, which both round to 8 channels`,
    ],
    [
      '{ kind: uib, startKernel: 0, midKernel: 0, stride: 2, expand: 4, out: 8 }',
      `7:49: ${block}.midKernel: expected a depthwise layer to carry the stride of 2; got kernels of 0`,
    ],
    [
      '{ kind: uib, startKernel: 3, midKernel: [0, 3], stride: 2, expand: 4, out: 8 }',
      `7:49: ${block}.midKernel: expected options without 0, since the middle layer carries the stride of 2`,
    ],
    [
      '{ kind: conv, kernel: 3, out: 8, optional: true }',
      `7:52: ${block}.optional: expected a block with stride 1 and as many output as input channels, since no other can be skipped; got another`,
    ],
  ])('%s is named with its place', (written, message) => {
    expect(refusal(document(written))).toBe(`f.yaml:${message}`);
  });
});

describe('a space that is too large to search', () => {
  const text = (blocks: string, out = '8') =>
    `name: n\ninput: { resolution: 8, channels: 1 }\nclasses: 2\nactivation: relu\nstages:\n  - out: ${out}\n    blocks: [${blocks}]\nhead: { conv: 0, hidden: 0 }\n`;
  const block = '{ kind: conv, kernel: 3, repeat: 64 }';

  it('is refused at its stages if it has more than a thousand blocks', () => {
    expect(parseSpace('f.yaml', text(Array(15).fill(block).join())).stages[0]?.slots).toHaveLength(960);
    expect(refusal(text(Array(16).fill(block).join()))).toMatch(/^f\.yaml:6:3: stages: expected at most 1000 blocks/);
  });

  it('is refused at a list of more than 64 options', () => {
    const options = (n: number) => `[${Array.from({ length: n }, (_, i) => i + 1)}]`;
    expect(parseSpace('f.yaml', text(block, options(64))).choices[0]?.options).toHaveLength(64);
    expect(refusal(text(block, options(65)))).toMatch(/^f\.yaml:6:10: stages\[0\]\.out: expected .*at most 64 options/);
  });
});

describe('the pixels of a network', () => {
  const text = (input: string) =>
    `name: n\ninput: ${input}\nclasses: 2\nactivation: relu\nstages:\n  - blocks: [{ kind: conv, kernel: 3, out: 8 }]\nhead: { conv: 0, hidden: 0 }\n`;

  it('may be normalised by a mean and a deviation for each channel', () => {
    const input = { resolution: 8, channels: 2, mean: [0.5, 0.4], std: [0.2, 1] };
    const space = parseSpace('f.yaml', text(JSON.stringify(input)));
    expect(space.input).toEqual(input);
    expect(parseSpace('f.yaml', printSpace(space))).toEqual(space);
  });

  it.each([
    ['{ resolution: 8, channels: 2, mean: [0.5], std: [1, 1] }', 'input.mean: expected a mean for each channel'],
    [
      '{ resolution: 8, channels: 2, mean: [0, 0], std: [1, 0] }',
      'input.std[1]: expected a deviation from 1e-4 to 1e4; got 0',
    ],
    [
      '{ resolution: 8, channels: 2, mean: [0, 124], std: [1, 1] }',
      'input.mean[1]: expected a mean of pixels, from 0 to 1; got 124',
    ],
    ['{ resolution: 8, channels: 2, mean: [0, 0] }', 'input: expected both mean and std, or neither'],
  ])('are refused where they are %s', (input, message) => {
    expect(refusal(text(input))).toContain(message);
  });
});

describe('a mistake in a file', () => {
  it.each([
    ['classes twice', `${document(conv)}classes: 3\n`, '9:1: expected each key once; got classes again'],
    [
      'a tab',
      document(conv).replace('  - blocks', '\t- blocks'),
      '6:1: expected YAML; got: Tabs are not allowed as indentation',
    ],
    ['nothing', '', '1:1: expected a mapping; got null'],
    [
      'an unknown stage key',
      document(conv).replace('  - blocks', '  - block'),
      '6:5: stages[0].blocks: missing; expected a list of blocks\nf.yaml:6:5: stages[0].block: unknown key; did you mean blocks?',
    ],
    [
      'out in stage and block',
      document(conv).replace('  - blocks', '  - out: 8\n    blocks'),
      '8:39: stages[0].blocks[0].out: expected no out, since the stage has one; got both',
    ],
  ])('%s is named with its place', (_, text, message) => {
    expect(refusal(text)).toBe(`f.yaml:${message}`);
  });

  it.each([
    ['2024', 'a name in quotes; got 2024'],
    ['true', 'a name in quotes; got true'],
    ['""', 'a name; got ""'],
    ['" "', 'a name; got " "'],
    ['"a\\nb"', 'a name on one line; got "a\\nb"'],
  ])('is a name %s', (name, says) => {
    expect(refusal(document(conv).replace(/^name: .*/, `name: ${name}`))).toBe(`f.yaml:1:7: name: expected ${says}`);
  });

  it('is reported together with all the others, in the order of the file', () => {
    const text = document('{ kind: conv, kernel: 3, out: wide }')
      .replace('relu', 'rel')
      .replace('classes', 'clases')
      .replace('32', 'big');
    expect(
      refusal(text)
        .split('\n')
        .map((line) => line.slice('f.yaml:'.length)),
    ).toEqual([
      '1:1: classes: missing; expected a number of classes from 2 to 100000',
      '2:22: input.resolution: expected a resolution from 4 to 2048, or { height, width }; got big',
      '3:1: clases: unknown key; did you mean classes?',
      '4:13: activation: expected one of relu, relu6, gelu, hardSwish; got rel',
      '7:39: stages[0].blocks[0].out: expected a channel count from 1 to 8192, or a list of channel counts; got wide',
    ]);
  });

  it('that only shows when the space is built is reported together with the other such mistakes', () => {
    const text = document(
      '{ kind: conv, kernel: 3 }\n      - { kind: uib, startKernel: 0, midKernel: 0, stride: 2, expand: 4, out: 8 }',
    );
    expect(refusal(text).split('\n')).toHaveLength(2);
  });
});

describe('the JSON Schemas for editors', () => {
  it('know the keys of spaces and refinements', () => {
    const [space, refinement] = [spaceSchema, refinementSchema].map((schema) =>
      z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    );
    expect(Object.keys(space?.properties ?? {})).toEqual([
      'name',
      'input',
      'classes',
      'activation',
      'padding',
      'batchNormEpsilon',
      'layerScale',
      'stages',
      'head',
      'provenance',
    ]);
    expect(Object.keys(refinement?.properties ?? {})).toEqual(['name', 'refine']);
    expect(space?.additionalProperties).toBe(false);
  });
});
