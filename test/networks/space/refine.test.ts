import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNetwork, readSpace } from '#networks/space/parse';
import { type NamedRefinement, readRefinement, refine } from '#networks/space/refine';
import { close } from '#networks/space/space';
import { spaceSize } from '#networks/space/space-size';
import { findRefinement, findSpace } from '#networks/zoo/shipped';
import { failureOf, newFolder } from '#test/data/fixtures';
import { spaceOf } from './space-of.js';

const folder = newFolder();

function refinementOf(fields: string): NamedRefinement {
  const file = join(folder, 'r.yaml');
  writeFileSync(file, `name: r\nrefine: ${fields}\n`);
  return readRefinement(file);
}

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

  it('keeps widths and expansions, and opens only the listed stages', () => {
    const space = refine(network, { name: 'some', refine: { ...uib.refine, stages: [2] } });
    expect(space.choices.every(({ path }) => path.startsWith('stages[2]'))).toBe(true);
    expect(space.choices.map(({ tag }) => tag)).toEqual(['startKernel', 'midKernel', 'startKernel', 'midKernel']);
  });

  const base = (uib: string) =>
    close(spaceOf(`  - blocks: [{ kind: conv, kernel: 3, out: 8 }]\n  - blocks: []\n  - blocks: [${uib}]`), []);
  const strided = base('{ kind: uib, startKernel: 0, midKernel: 3, stride: 2, expand: 2, out: 8 }');
  const convNext = base('{ kind: uib, startKernel: 5, midKernel: 0, stride: 2, expand: 2, out: 8 }');

  it.each([
    [
      'middle layer',
      strided,
      '{ midKernel: [0, 3, 5], startKernel: [0, 3] }',
      { midKernel: [3, 5], startKernel: [0, 3] },
    ],
    ['middle layer with two options', strided, '{ midKernel: [0, 3], startKernel: [0, 3] }', { startKernel: [0, 3] }],
    ['start layer of a block without one', convNext, '{ startKernel: [0, 3, 5] }', { startKernel: [3, 5] }],
    [
      'start layer if the middle layer is fixed to 0',
      strided,
      '{ startKernel: [0, 3, 5], midKernel: [0] }',
      { startKernel: [3, 5] },
    ],
  ])('leaves the stride to the %s', (_, network, fields, opened) => {
    const { choices } = refine(network, refinementOf(fields));
    expect(Object.fromEntries(choices.map(({ tag, options }) => [tag, options]))).toEqual(opened);
  });

  it.each([
    [
      'midKernel: 0',
      ':2:22: refine.midKernel: stages[2].blocks[0] of t: expected a depthwise layer to carry the stride of 2; got kernels of 0',
    ],
    [
      'midKernel: [0]',
      ':2:22: refine.midKernel: stages[2].blocks[0] of t: expected a depthwise layer to carry the stride of 2; got kernels of 0',
    ],
    ['midKernel: []', ':2:22: refine.midKernel: expected a list of depthwise kernels of at least 1; got []'],
    ['startKernel: [3, 3]', ':2:24: refine.startKernel: expected options that differ; got [3,3]'],
    [
      'startKernel: [3]',
      ':2:9: refine: expected options that open the UIBs of t, such as [3, 5]; got one value for each field',
    ],
    [
      'expand: [2, 3], stages: [2, 3]',
      ':2:39: refine.stages[1]: expected a number below 3, the count of stages of t; got 3',
    ],
    ['expand: [2, 3], stages: [2, 2]', ':2:35: refine.stages: expected stage numbers that differ; got [2,2]'],
    [
      'expand: [2, 3], stages: [0, 2]',
      ':2:36: refine.stages[0]: expected a stage with UIBs; got 0, in which t has none',
    ],
    ['expand: [2, 3], stages: [1]', ':2:9: refine: expected UIBs to open in t; got none in the stages asked for'],
  ])('refuses { %s } for a network with a stride, with line and column', (fields, message) => {
    expect(() => refine(strided, refinementOf(`{ ${fields} }`))).toThrow(`r.yaml${message}`);
  });

  it('reports a network without UIBs if it lists no stages', () => {
    const bare = { ...strided, stages: strided.stages.slice(0, 1) };
    const { message } = failureOf(() => refine(bare, refinementOf('{ expand: [2, 3] }')));
    expect(message).toMatch(/r\.yaml:2:9: refine: expected UIBs to open in t; got none$/);
  });

  it('may list a stage whose blocks were all skipped', () => {
    expect(refine(strided, refinementOf('{ expand: [2, 3], stages: [1, 2] }')).choices).toHaveLength(1);
  });

  it.each(['s', 'm', 'l'])('of Conv-%s contains the published network', (size) => {
    const published = readNetwork(findSpace(`mnv4-conv-${size}`));
    const space = refine(published, uib);
    const blocks = published.stages.flatMap(({ blocks }) => blocks).filter((block) => block.kind === 'uib');
    const wanted = blocks.flatMap(({ startKernel, midKernel }) => [startKernel, midKernel]);
    const decisions = space.choices.map(({ options }, i) => options.indexOf(wanted[i]));
    expect(decisions).not.toContain(-1);
    expect(close(space, decisions).stages).toEqual(published.stages);
  });
});
