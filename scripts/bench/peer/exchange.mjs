// The files from which the other side reads a workload: `workload.json`, `weights.safetensors`, `images.bin` (8 bits)
// and `soft.bin` (float32), both [pool, sample, n, ...] without gaps.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '#data/files/safetensors';
import { poolSize } from './batches.mjs';
import { describe } from './describe.mjs';

/** Writes a workload into a folder. @param saved  initial weights and slots */
export function writeExchange(folder, workload, pool, saved) {
  const { space, network, sequence, ...plain } = workload;
  const { input, classes } = space;
  const steps = sequence.map((step) => step.map((selection) => describe(space, selection)));
  writeFileSync(join(folder, 'workload.json'), JSON.stringify({ ...plain, ...input, classes, poolSize, steps }));
  writeSafetensors(join(folder, 'weights.safetensors'), weightsOf(saved));
  const batches = pool.flat();
  writeAll(
    join(folder, 'images.bin'),
    batches.map(({ images }) => images),
  );
  writeAll(
    join(folder, 'soft.bin'),
    batches.map(({ soft }) => soft),
  );
}

function writeAll(file, arrays) {
  const out = openSync(file, 'wx');
  for (const array of arrays) writeSync(out, array);
  closeSync(out);
}

/** The weights among all saved tensors, by name without the prefix. */
function weightsOf(saved) {
  const prefix = 'weights/';
  const weights = [...saved].filter(([name]) => name.startsWith(prefix));
  return new Map(weights.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}
