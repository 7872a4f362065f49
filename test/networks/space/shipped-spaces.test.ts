/** Shipped spaces contain the published network that they are made for, as far as the language allows. */
import { describe, expect, it } from 'vitest';
import type { BlockSpec } from '#networks/space/block';
import { readNetwork, readSpace } from '#networks/space/parse';
import { type Architecture, close, type Space } from '#networks/space/space';
import { findSpace } from '#networks/zoo/shipped';

/** The stages of the published network with every UIB in its coarse form: kernels (0, 3), expansion 4. */
function coarsened(network: Architecture): Architecture['stages'] {
  const block = (spec: BlockSpec): BlockSpec =>
    spec.kind === 'uib' ? { ...spec, startKernel: 0, midKernel: 3, expand: 4 } : spec;
  return network.stages.map(({ blocks }) => ({ blocks: blocks.map(block) }));
}

/** Decisions that use every block and take for each choice the value of the network; -1 if it is not an option. */
function decisionsFor(space: Space, { stages }: Architecture): number[] {
  return space.choices.map(({ path, tag, options }) => {
    if (tag === 'skip') return options.indexOf(true);
    const [, s, b = '0'] = /^stages\[(\d+)\](?:\.blocks\[(\d+)\])?/.exec(path) as RegExpExecArray;
    const block = stages[Number(s)]?.blocks[Number(b)] as unknown as Record<string, number>;
    return options.indexOf(block[tag] as number);
  });
}

describe('a shipped space', () => {
  it.each(['conv-s', 'conv-m', 'conv-l', 'hybrid-m'])(
    'mnv4-%s.coarse holds the widths and depth of the published network',
    (size) => {
      const published = readNetwork(findSpace(`mnv4-${size}`));
      const space = readSpace(findSpace(`mnv4-${size}.coarse`));
      const decisions = decisionsFor(space, published);
      expect(decisions).not.toContain(-1);
      expect(close(space, decisions)).toEqual({ ...published, name: space.name, stages: coarsened(published) });
    },
  );

  it('mnv4-conv-m.one-stage holds the published network itself', () => {
    const published = readNetwork(findSpace('mnv4-conv-m'));
    const space = readSpace(findSpace('mnv4-conv-m.one-stage'));
    const decisions = decisionsFor(space, published);
    expect(decisions).not.toContain(-1);
    expect(close(space, decisions)).toEqual({ ...published, name: space.name });
  });

  it.each([
    ['tiny.coarse', 28, 1, [14, 14, 7, 7, 4, 4]],
    ['tiny32.coarse', 32, 3, [16, 16, 8, 8, 4, 4]],
    ['tiny.one-stage', 28, 1, [14, 14, 7, 7, 4, 4]],
  ])('%s is for %dx%d images and has 6 blocks in 3 stages', (name, resolution, channels, sides) => {
    const space = readSpace(findSpace(name));
    const strides = space.stages.flatMap(({ slots }) => slots.map(({ among }) => among[0]?.stride ?? 0));
    let side = resolution;
    const found: number[] = [];
    for (const stride of strides) {
      side = Math.ceil(side / stride);
      found.push(side);
    }
    expect([space.input, found.slice(1)]).toEqual([{ resolution, channels }, sides]);
  });
});
