import { Failure } from '#core/failure';
import type { Tensors } from '#data/files/safetensors';
import { loadLatestCheckpoint } from '#jobs/runs/checkpoint';

/** Weights and slots at the end of a stage; a run without a checkpoint is a data failure. */
export function finalTensors(folder: string, warn: (message: string) => void): Tensors {
  const checkpoint = loadLatestCheckpoint({ folder }, warn);
  if (checkpoint !== undefined) return checkpoint.tensors;
  const message = 'expected a run with a checkpoint to start from; got none';
  throw new Failure('data', { file: folder, message }, 'search the coarse stage again, or leave warmStart out');
}
