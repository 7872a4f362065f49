import { expect, it } from 'vitest';
import { idOf, nodeId, nodeLayout } from '#jobs/workers/mpi/node-layout';

it.each([
  [[7, 7, 7], 2, { lead: 0, place: 2, ranks: 3, nodes: 1, sharesMemory: true }],
  [[7, 8, 9], 1, { lead: 1, place: 0, ranks: 1, nodes: 3, sharesMemory: false }],
  [[7, 8, 7, 8], 3, { lead: 1, place: 1, ranks: 2, nodes: 2, sharesMemory: true }],
  [[7, 7, 8], 2, { lead: 2, place: 0, ranks: 1, nodes: 2, sharesMemory: true }],
])('ranks on nodes %j: the place of rank %i', (ids, rank, layout) => {
  expect(nodeLayout(ids, rank)).toEqual(layout);
});

it('ids of nodes are whole numbers that floats of 64 bits keep, the same for the same texts', () => {
  expect(nodeId()).toBe(nodeId());
  expect(Number.isSafeInteger(idOf('a', 'b'))).toBe(true);
  expect(idOf('a', 'b')).not.toBe(idOf('ab'));
});
