/** Checks that all workers have the same state, which each computes on its own from the same sums. */
import { Failure } from '#core/failure';
import { sha256 } from '#core/files/files';
import { traced } from '#core/trace';
import type { Collective } from './collective.js';

const words = 8; // of 32 bits, a SHA-256

/** Compares the SHA-256 of a state over the workers; a difference is a backend failure on all of them. */
export async function requireSameState(
  collective: Collective,
  step: number,
  state: () => readonly (Uint8Array | string)[],
): Promise<void> {
  const { rank, size } = collective;
  if (size === 1) return;
  const now = state();
  const hash = traced('keeping', 'agreement', () => sha256(...now));
  const table = new Float64Array(size * words);
  for (let i = 0; i < words; i++) table[rank * words + i] = Number.parseInt(hash.slice(8 * i, 8 * (i + 1)), 16);
  await collective.allReduce(table);
  const rows = Array.from({ length: size }, (_, r) => table.slice(r * words, (r + 1) * words).join());
  const other = rows.findIndex((row) => row !== rows[0]);
  if (other < 0) return;
  throw new Failure(
    'backend',
    `the weights on worker ${other} of ${size} differ from those on worker 0 at step ${step}`,
    'the last checkpoint is kept: run the same command again to resume; should it fail again, use --workers 1',
  );
}
