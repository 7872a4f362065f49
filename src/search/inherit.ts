/** The fine stage's weights, begun as the coarse stage left them. */
import { join } from 'node:path';
import { readSpace } from '../space/parse.js';
import { inherited } from '../supernet/inherited.js';
import type { SuperNet } from '../supernet/supernet.js';
import { finalTensors, readFound } from './found.js';

/** Gives the SuperNet the weights of a finished coarse run, as far as its result has them. */
export function inherit(supernet: SuperNet, folder: string, warn: (message: string) => void): void {
  const space = readSpace(join(folder, 'space.yaml'));
  const { decisions } = readFound(folder);
  supernet.inherit(inherited(supernet.model.layout, space, decisions, finalTensors(folder, warn)));
}
