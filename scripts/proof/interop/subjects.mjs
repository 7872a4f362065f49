// The networks that the proofs of interoperation export: those of the zoo, one with every kind of block, a searched one.
import { join } from 'node:path';
import { writeSafetensors } from '#data/files/safetensors';
import { namedNetwork } from '#networks/zoo/named-network';
import { readFinishedRun } from '#tasks/training/finished-run';
import { telling } from './ours.mjs';
import { runProgram, searchedRun } from './searched.mjs';

/** timm's names of our networks. */
export const inTimm = {
  'mnv4-conv-s': 'mobilenetv4_conv_small',
  'mnv4-conv-m': 'mobilenetv4_conv_medium',
  'mnv4-hybrid-m': 'mobilenetv4_hybrid_medium',
  'mnv4-conv-l': 'mobilenetv4_conv_large',
  'mnv4-hybrid-l': 'mobilenetv4_hybrid_large',
  'mobilenet-v1': 'mobilenetv1_100',
  'mobilenet-v2': 'mobilenetv2_100',
  'mobilenet-v3-large': 'mobilenetv3_large_100',
};

/** A network that timm does not have. */
const everyKind = { 'every-kind': join(import.meta.dirname, 'every-kind.yaml') };

export const names = [...Object.keys(inTimm), ...Object.keys(everyKind), 'searched'];

/**
 * A network with its weights, and the source that `export` takes for both.
 *
 * @param folder    a folder for temporary files
 * @param searched  a finished training run for `searched`, or undefined to make one
 */
export async function subjectOf(name, { folder, searched }) {
  if (name === 'searched') {
    const run = searched ?? searchedRun(folder);
    const { network, weights: tensors } = readFinishedRun(run);
    return { source: [run], network, tensors };
  }
  const reference = everyKind[name] ?? name;
  const network = namedNetwork(reference);
  const tensors = await telling(network);
  const weights = join(folder, 'weights.safetensors');
  writeSafetensors(weights, tensors);
  return { source: [reference, '--weights', weights], network, tensors };
}

/** Exports a network with the command that users run; returns the folder. */
export function exported(source, folder, format, ...flags) {
  const out = join(folder, [format, ...flags].join(''));
  runProgram('export', ...source, '--to', format, '--out', out, ...flags);
  return out;
}
