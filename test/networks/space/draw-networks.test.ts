import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { drawNetworks } from '#networks/space/draw-networks';
import { networkKey } from '#networks/space/network-key';
import { close, type Decisions, type Space } from '#networks/space/space';
import { spaceOf } from './space-of.js';

const uib = '{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 3';
const keysOf = (space: Space, drawn: readonly Decisions[]) => new Set(drawn.map((d) => networkKey(close(space, d))));

describe('drawing different networks', () => {
  const thirty = spaceOf(`  - blocks: [${uib}, optional: true, repeat: 30 }]`); // 31 networks, one of them in 2^-30 draws

  it('finds all networks of a space, including those that draws hardly ever meet', () => {
    const drawn = drawNetworks(thirty, randomStream('a'), 31);
    expect(keysOf(thirty, drawn).size).toBe(31);
    const lengths = drawn.map((decisions) => close(thirty, decisions).stages[0]?.blocks.length);
    expect(new Set(lengths)).toEqual(new Set(Array.from({ length: 31 }, (_, i) => i)));
  });

  it('returns all networks if the requested count exceeds them', () => {
    expect(drawNetworks(thirty, randomStream('a'), 100)).toHaveLength(31);
  });

  it('finds all that pass', () => {
    const isShort = (decisions: Decisions) => decisions.filter((used) => used === 1).length < 3;
    const drawn = drawNetworks(thirty, randomStream('a'), 10, isShort);
    expect(drawn.map((decisions) => close(thirty, decisions).stages[0]?.blocks.length).sort()).toEqual([0, 1, 2]);
  });

  it('draws the same networks from the same stream, and others from another', () => {
    const space = spaceOf(
      '  - blocks: [{ kind: uib, startKernel: [0, 3, 5], midKernel: [0, 3, 5], expand: [1, 4], out: 8, repeat: 4 }]',
    );
    const drawn = (name: string) => drawNetworks(space, randomStream(name), 5);
    expect(drawn('a')).toEqual(drawn('a'));
    expect(drawn('a')).not.toEqual(drawn('b'));
  });
});
