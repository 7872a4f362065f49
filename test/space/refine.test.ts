import { describe, expect, it } from 'vitest';
import { findRefinement, findSpace } from '../../src/cost/shipped.js';
import { readNetwork, readSpace } from '../../src/space/parse.js';
import { readRefinement, refine } from '../../src/space/refine.js';
import { close, spaceSize } from '../../src/space/space.js';
import { spaceOf } from './space-of.js';

const uib = readRefinement(findRefinement('uib.refine'));

describe('refining a network', () => {
  const coarse = readSpace(findSpace('tiny.coarse'));
  const network = close(
    coarse,
    coarse.choices.map(({ options }) => options.length - 1),
  );

  it('opens both depthwise layers of every uib; at stride 2 the middle layer stays', () => {
    const space = refine(network, uib);
    expect(space.choices.map(({ path, options }) => `${path} ${options}`).slice(0, 4)).toEqual([
      'stages[1].blocks[0].startKernel 0,3,5',
      'stages[1].blocks[0].midKernel 0,3,5',
      'stages[1].blocks[1].startKernel 0,3,5',
      'stages[1].blocks[1].midKernel 0,3,5',
    ]);
    expect(space.choices[5]).toMatchObject({ path: 'stages[2].blocks[0].midKernel', options: [3, 5] });
    expect(spaceSize(space)).toBe(9n * 9n * (6n * 9n) ** 2n);
  });

  it('contains the network that it opens', () => {
    const space = refine(network, uib);
    const decisions = space.choices.map(({ tag, options }) => options.indexOf(tag === 'startKernel' ? 0 : 3));
    expect(close(space, decisions)).toEqual({ ...network, name: space.name });
  });

  it('keeps widths and expansions, and opens only the stages asked for', () => {
    const space = refine(network, { name: 'some', refine: { ...uib.refine, stages: [2] } });
    expect(space.choices.every(({ path }) => path.startsWith('stages[2]'))).toBe(true);
    expect(space.choices.map(({ tag }) => tag)).toEqual(['startKernel', 'midKernel', 'startKernel', 'midKernel']);
  });

  it('fails where there is nothing to open', () => {
    const plain = close(spaceOf('  - blocks: [{ kind: conv, kernel: 3, out: 8 }]'), []);
    expect(() => refine(plain, uib)).toThrow(
      'refinement fine: expected UIBs to open in t; got none in the stages asked for',
    );
  });

  it.each(['s', 'm', 'l'])('makes Conv-%s a point of its own refinement, all but the expansions', (size) => {
    const published = readNetwork(findSpace(`mnv4-conv-${size}`));
    const space = refine(published, uib);
    const blocks = published.stages.flatMap(({ blocks }) => blocks).filter((block) => block.kind === 'uib');
    const wanted = blocks.flatMap(({ startKernel, midKernel }) => [startKernel, midKernel]);
    const decisions = space.choices.map(({ options }, i) => options.indexOf(wanted[i]));
    expect(decisions).not.toContain(-1);
    expect(close(space, decisions).stages).toEqual(published.stages);
  });
});
