import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpace, readSpace } from '#networks/space/parse';
import { asSpace, printSpace } from '#networks/space/print';
import { close } from '#networks/space/space';
import { findSpace, shippedNames } from '#networks/zoo/shipped';
import { decisionsOf, randomSpace } from './random-space.js';
import { spaceOf } from './space-of.js';

const shipped = [
  ...shippedNames('search-spaces').filter((name) => !name.endsWith('.refine')),
  ...shippedNames('search-spaces/zoo'),
];

describe('printing a space', () => {
  it('and parsing it again gives the same space', () => {
    fc.assert(
      fc.property(randomSpace, (space) => {
        expect(parseSpace('p.yaml', printSpace(space))).toEqual(space);
      }),
    );
  });

  it.each(shipped)('and parsing it again gives the same space: %s', (name) => {
    const space = readSpace(findSpace(name));
    expect(space.name).toBe(name);
    expect(parseSpace('p.yaml', printSpace(space))).toEqual(space);
  });

  it('and parsing a closed network gives the network', () => {
    fc.assert(
      fc.property(
        randomSpace.chain((space) => fc.tuple(fc.constant(space), decisionsOf(space))),
        ([space, decisions]) => {
          const network = close(space, decisions);
          expect(close(parseSpace('p.yaml', printSpace(asSpace(network))), [])).toEqual(network);
        },
      ),
    );
  });

  it('keeps a stage whose blocks are all skipped, so that later stages keep their numbers', () => {
    const space = spaceOf(
      `  - blocks: [{ kind: conv, kernel: 3, out: 8 }]
  - blocks: [{ kind: uib, startKernel: 0, midKernel: 3, expand: 2, out: 8, optional: true, repeat: 2 }]
  - blocks: [{ kind: conv, kernel: 1, out: 16 }]`,
    );
    const printed = printSpace(asSpace(close(space, [0, 0])));
    expect(printed).toContain('\n  - blocks: []\n  - blocks:\n      - { kind: conv, stride: 1, kernel: 1, out: 16 }\n');
    expect(close(parseSpace('p.yaml', printed), [])).toEqual(close(space, [0, 0]));
  });

  it('keeps the provenance of a network', () => {
    const space = readSpace(findSpace('mnv4-conv-s'));
    const printed = printSpace(space, { run: 'r', decisions: [1, 2] });
    expect(printed).toContain('provenance:\n  run: r\n');
    expect(parseSpace('p.yaml', printed)).toEqual(space);
  });
});
