/** Shared memory for the vectors of a team, as much of it as there is room for. */
import { type SharedSize, sharedBytes } from './host-collective.js';
import { openSharedMemory } from './shared-memory.js';

/**
 * Returns a descriptor of shared memory and what it has room for: the vectors that the workers would hold in common only
 * if they fit into memory-backed files, since the disk would write them again and again. The caller closes it. Throws a
 * backend failure if there is no room even without them.
 *
 * @param folder  of memory-backed files
 */
export function openVectors(wanted: SharedSize, folder = '/dev/shm'): SharedSize & { readonly memory: number } {
  try {
    return { ...wanted, memory: openSharedMemory(sharedBytes(wanted), [folder]) };
  } catch {
    const without = { ...wanted, vectors: 0 };
    return { ...without, memory: openSharedMemory(sharedBytes(without)) };
  }
}
