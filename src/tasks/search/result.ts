/** What a finished stage found, read back from its run's `result.json`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { integer, quantity, readChecked } from '#core/documents/conform';
import { Failure } from '#core/failure';
import type { Tensors } from '#data/files/safetensors';
import { loadLatestCheckpoint } from '#jobs/runs/checkpoint';
import { readNetwork } from '#networks/space/parse';
import type { Architecture } from '#networks/space/space';

const number = quantity('a number');
const judged = {
  decisions: z.array(integer('the number of an option', 0), { error: 'a list of decisions' }),
  costs: z.record(z.string(), z.object({ value: number, target: number }, { error: 'a value and a target' }), {
    error: 'costs by name',
  }),
  held: z.object({ top1: number, loss: number }, { error: 'a judgement' }),
};

const foundSchema = z.object(
  {
    ...judged,
    missed: z.array(z.string(), { error: 'a list of targets' }),
    candidates: z.array(z.object(judged, { error: 'a candidate' }), { error: 'a list of candidates' }).default([]),
  },
  { error: 'a mapping' },
);

/** An architecture that might have won: its costs beside their targets, its top-1 and loss in nats on the held-out split. */
export type JudgedCandidate = z.output<z.ZodObject<typeof judged>>;

/** The winner, all candidates, and the targets that the winner misses. */
export interface Found extends JudgedCandidate {
  readonly candidates: readonly JudgedCandidate[];
  readonly missed: readonly string[];
}

/** @param folder  of the run; what is damaged is a data failure */
export function readFound(folder: string): Found {
  return readChecked(join(folder, 'result.json'), foundSchema);
}

/** The weights and slots that a stage ended with; a run without a checkpoint is a data failure. */
export function finalTensors(folder: string, warn: (message: string) => void): Tensors {
  const checkpoint = loadLatestCheckpoint({ folder }, warn);
  if (checkpoint !== undefined) return checkpoint.tensors;
  const message = 'expected a run with a checkpoint to start from; got none';
  throw new Failure('data', { file: folder, message }, 'search the coarse stage again, or leave warmStart out');
}

/** The architecture that a finished run found. */
export function foundArchitecture(folder: string): Architecture {
  const file = join(folder, 'architecture.yaml');
  if (!existsSync(file)) {
    const message = 'expected the folder of a finished run, with architecture.yaml; got none';
    throw new Failure('usage', { file: folder, message }, 'finish the run first: run its command again');
  }
  return readNetwork(file);
}
