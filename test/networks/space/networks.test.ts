import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkKey } from '#networks/space/network-key';
import { countNetworks, differentNetworks } from '#networks/space/networks';
import { readSpace } from '#networks/space/parse';
import { close, type Space } from '#networks/space/space';
import { spaceSize } from '#networks/space/space-size';
import { findSpace } from '#networks/zoo/shipped';
import { layersInWords } from './layers-in-words.js';
import { allDecisions, randomSpace } from './random-space.js';
import { spaceOf } from './space-of.js';

/** The different networks among all decisions, told apart by their layers. */
function allNetworks(space: Space): Set<string> {
  return new Set([...allDecisions(space)].map((decisions) => layersInWords(close(space, decisions))));
}

const isSmall = ({ choices }: Space) => choices.reduce((n, { options }) => n * options.length, 1) <= 600;
const uib = '{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 3';

describe('the different networks of a space', () => {
  it('are those found by trying all decisions', () => {
    fc.assert(
      fc.property(randomSpace.filter(isSmall), (space) => {
        const all = allNetworks(space);
        expect(countNetworks(space)).toEqual({ networks: BigInt(all.size), isExact: true });
        const found = [...differentNetworks(space)].map((decisions) => close(space, decisions));
        expect(new Set(found.map(layersInWords))).toEqual(all);
        expect(found).toHaveLength(all.size);
        expect(new Set(found.map(networkKey)).size).toBe(all.size);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, string, bigint, bigint]>([
    [
      'one for each number of skipped blocks among identical ones',
      `[${uib}, optional: true, repeat: 40 }]`,
      2n ** 40n,
      41n,
    ],
    [
      'one for each number even with identical blocks that cannot be skipped',
      `[${uib}, optional: true, repeat: 3 }, ${uib}, repeat: 9 }, ${uib}, optional: true, repeat: 4 }]`,
      128n,
      8n,
    ],
    [
      'one for each sequence of kernels',
      `[{ kind: uib, startKernel: 0, midKernel: [3, 5], expand: 2, out: 3, optional: true, repeat: 4 }]`,
      81n,
      1n + 2n + 4n + 8n + 16n,
    ],
    [
      'one for each block among overlapping options of oneOf',
      `[{ oneOf: [{ kind: conv, kernel: [1, 3], out: 8 }, { kind: conv, kernel: [3, 5], out: 8 }] }]`,
      4n,
      3n,
    ],
  ])('are %s', (_, blocks, size, networks) => {
    const space = spaceOf(`  - blocks: ${blocks}`);
    expect(spaceSize(space)).toBe(size);
    expect(countNetworks(space)).toEqual({ networks, isExact: true });
  });

  it('are one where a block may stand at the end of a stage or at the beginning of the next', () => {
    const stage = `  - blocks: [${uib}, optional: true }]\n`;
    expect(countNetworks(spaceOf(`${stage}${stage}`)).networks).toBe(3n);
  });

  it('are one where expansions round to the same width', () => {
    const narrow = '{ kind: uib, startKernel: 0, midKernel: 3, expand: [2, 16], out: 8 }';
    const fused = '{ kind: fusedIb, kernel: 3, expand: [1, 2], out: 8 }';
    expect(countNetworks(spaceOf(`  - blocks: [{ kind: conv, kernel: 3, out: [1, 8] }, ${fused}, ${narrow}]`))).toEqual(
      {
        networks: 2n * (1n + 2n),
        isExact: true,
      },
    );
  });

  it('number 7^3 ways to choose widths times 4 and 5 depths for Conv-M', () => {
    const space = readSpace(findSpace('mnv4-conv-m.coarse'));
    expect(spaceSize(space)).toBe(7n ** 3n * 2n ** 7n);
    expect(countNetworks(space)).toEqual({ networks: 7n ** 3n * 4n * 5n, isExact: true });
  });

  it('are bounded by the ways to decide if comparing them would take too long', () => {
    const space = spaceOf(`  - blocks: [${uib}, optional: true, repeat: 6 }]`);
    expect(countNetworks(space, 10)).toEqual({ networks: 64n, isExact: false });
  });
});
