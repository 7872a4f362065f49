/** Joins the ranks that this process was started with. */

import { launchedRank } from './launched.js';
import type { World } from './world.js';

/** This rank's view of all ranks, once all have joined; undefined for a process that was started alone. */
export async function joinRanks(env: NodeJS.ProcessEnv): Promise<World | undefined> {
  if (launchedRank(env) === undefined) return undefined;
  const [{ openMpi }, { World, openBackendKernels }, { nodeId, idOf }] = await Promise.all([
    import('./open-mpi.js'),
    import('./world.js'),
    import('./node-layout.js'),
  ]);
  const { world: group, finalize } = await openMpi();
  const node = idOf(String(nodeId()), env['MNV4_NODE'] ?? '');
  return World.of({ group, finalize, openKernels: openBackendKernels, nodeId: node });
}
