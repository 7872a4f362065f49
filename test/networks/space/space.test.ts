import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, close, isFilterChoice } from '#networks/space/space';
import { spaceSize } from '#networks/space/space-size';
import { allDecisions, decisionsOf, randomSpace } from './random-space.js';
import { spaceOf } from './space-of.js';

const everything = spaceOf(
  `  - blocks:
      - { kind: conv, kernel: [3, 5], out: [16, 32] }
  - out: [24, 48]
    blocks:
      - { kind: uib, startKernel: [0, 3], midKernel: [3, 5], expand: [2, 4], stride: 2 }
      - { kind: uib, startKernel: 0, midKernel: [0, 3], expand: 4, repeat: 2, optional: true }
      - oneOf: [{ kind: fusedIb, kernel: [1, 3], expand: 4 }, { kind: fusedIb, kernel: 3, expand: [2, 4] }]
        optional: true`,
  '{ conv: [64, 128], hidden: [0, 32] }',
);

describe('the order of choices', () => {
  it('is by stage: its out; then by slot: use, pick, fields in order; last the head', () => {
    expect(everything.choices.map(({ id, path, tag }) => `${id} ${path} ${tag}`)).toEqual([
      '0 stages[0].blocks[0].kernel kernel',
      '1 stages[0].blocks[0].out out',
      '2 stages[1].out out',
      '3 stages[1].blocks[0].startKernel startKernel',
      '4 stages[1].blocks[0].midKernel midKernel',
      '5 stages[1].blocks[0].expand expand',
      '6 stages[1].blocks[1].use skip',
      '7 stages[1].blocks[1].midKernel midKernel',
      '8 stages[1].blocks[2].use skip',
      '9 stages[1].blocks[2].midKernel midKernel',
      '10 stages[1].blocks[3].use skip',
      '11 stages[1].blocks[3].oneOf oneOf',
      '12 stages[1].blocks[3].oneOf[0].kernel kernel',
      '13 stages[1].blocks[3].oneOf[1].expand expand',
      '14 head.conv out',
      '15 head.hidden out',
    ]);
  });

  it('says under which decisions a choice matters', () => {
    const when = (id: number) => (everything.choices[id] as Choice).when;
    expect(when(5)).toEqual([]);
    expect(when(7)).toEqual([{ choice: 6, option: 1 }]);
    expect(when(12)).toEqual([
      { choice: 10, option: 1 },
      { choice: 11, option: 0 },
    ]);
  });

  it('puts a choice after those on which it depends', () => {
    fc.assert(
      fc.property(randomSpace, ({ choices }) => {
        for (const [i, { id, when }] of choices.entries()) {
          expect(id).toBe(i);
          for (const { choice } of when) expect(choice).toBeLessThan(i);
        }
      }),
    );
  });
});

describe('closing a space', () => {
  it('takes the option of every choice, once for all blocks that share it', () => {
    const decisions = [1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0];
    expect(close(everything, decisions)).toMatchObject({
      stages: [
        { blocks: [{ kind: 'conv', kernel: 5, stride: 1, out: 16 }] },
        {
          blocks: [
            { kind: 'uib', startKernel: 3, midKernel: 5, stride: 2, expand: 2, out: 48 },
            { kind: 'uib', startKernel: 0, midKernel: 0, stride: 1, expand: 4, out: 48 },
            { kind: 'fusedIb', kernel: 3, stride: 1, expand: 4, out: 48 },
          ],
        },
      ],
      head: { conv: 128, hidden: 0 },
    });
  });

  it('leaves nothing open', () => {
    fc.assert(
      fc.property(
        randomSpace.chain((space) => fc.tuple(fc.constant(space), decisionsOf(space))),
        ([space, decisions]) => {
          expect(JSON.stringify(close(space, decisions))).not.toContain('options');
        },
      ),
    );
  });
});

describe('the size of a space', () => {
  const uib = 'kind: uib, startKernel: [0, 3, 5], midKernel: [0, 3, 5], expand: 4';
  it.each([
    ['no choices', '      - { kind: conv, kernel: 3 }', 1n],
    ['one block of 3 x 3 kernels', `      - { ${uib} }`, 9n],
    ['two such blocks', `      - { ${uib}, repeat: 2 }`, 81n],
    [
      'one such block that may be skipped',
      `      - { kind: conv, kernel: 3 }\n      - { ${uib}, optional: true }`,
      10n,
    ],
    [
      'one of two blocks, the second with a choice of 2',
      '      - oneOf: [{ kind: conv, kernel: 3 }, { kind: conv, kernel: [1, 5] }]',
      3n,
    ],
    [
      'one of two blocks, the second with a choice of 2, or none',
      '      - { kind: conv, kernel: 3 }\n      - { oneOf: [{ kind: fusedIb, kernel: 3, expand: 4 }, { kind: fusedIb, kernel: [1, 5], expand: 4 }], optional: true }',
      4n,
    ],
  ])('with %s is %s', (_, blocks, size) => {
    expect(spaceSize(spaceOf(`  - out: 8\n    blocks:\n${blocks}`))).toBe(size);
    expect(spaceSize(spaceOf(`  - out: [8, 16, 24]\n    blocks:\n${blocks}`))).toBe(3n * size);
  });

  it('is exact beyond the largest exact float', () => {
    const stage = `  - out: 8\n    blocks:\n      - { ${uib}, repeat: 64 }`;
    expect(spaceSize(spaceOf(stage))).toBe(9n ** 64n);
  });

  it('counts the ways to decide that differ in a choice that matters', () => {
    const few = randomSpace.filter(({ choices }) => choices.reduce((n, { options }) => n * options.length, 1) <= 2000);
    fc.assert(
      fc.property(few, (space) => {
        const matters = (decisions: number[]) =>
          space.choices
            .filter(({ when }) => when.every(({ choice, option }) => decisions[choice] === option))
            .map(({ id }) => `${id}=${decisions[id]}`)
            .join();
        expect(spaceSize(space)).toBe(BigInt(new Set([...allDecisions(space)].map(matters)).size));
      }),
      { numRuns: 50 },
    );
  });
});

describe('choices', () => {
  it('are filter choices if they resize layers, op choices if they swap them', () => {
    const filters = everything.choices.filter(isFilterChoice).map(({ tag }) => tag);
    expect([...new Set(filters)].sort()).toEqual(['expand', 'out']);
  });
});
