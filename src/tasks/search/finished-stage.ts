/** Reads the results of a finished stage from its run folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#core/failure';
import type { Tensors } from '#data/files/safetensors';
import { loadLatestCheckpoint } from '#jobs/runs/checkpoint';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';

/** Returns the architecture that a run found; an unfinished run is a usage failure. */
export function foundArchitecture(folder: string): Architecture {
  const file = join(folder, 'architecture.yaml');
  if (!existsSync(file)) {
    const message = 'expected the folder of a finished run, with architecture.yaml; got none';
    throw new Failure('usage', { file: folder, message }, 'finish the run first: run its command again');
  }
  return readNetwork(file);
}

/** Returns the weights and optimizer slots at the end of a stage; a run without a checkpoint is a data failure. */
export function finalTensors(folder: string, warn: (message: string) => void): Tensors {
  const checkpoint = loadLatestCheckpoint({ folder }, warn);
  if (checkpoint !== undefined) return checkpoint.tensors;
  const message = 'expected a run with a checkpoint to start from; got none';
  throw new Failure('data', { file: folder, message }, 'search the coarse stage again, or leave warmStart out');
}
