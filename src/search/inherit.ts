/** The fine stage's weights, begun as the coarse stage left them. */
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import { loadLatestCheckpoint } from '../runs/checkpoint.js';
import { readSpace } from '../space/parse.js';
import { inherited } from '../supernet/inherited.js';
import type { SuperNet } from '../supernet/supernet.js';
import { readFound } from './found.js';

/** Gives the SuperNet the weights of a finished coarse run, as far as its result has them. */
export function inherit(supernet: SuperNet, folder: string, warn: (message: string) => void): void {
  const checkpoint = loadLatestCheckpoint({ folder }, warn);
  if (checkpoint === undefined) {
    throw new Failure('data', { file: folder, message: 'expected a run with a checkpoint to start from; got none' });
  }
  const space = readSpace(join(folder, 'space.yaml'));
  const { decisions } = readFound(folder);
  supernet.inherit(inherited(supernet.model.layout, space, decisions, checkpoint.tensors));
}
