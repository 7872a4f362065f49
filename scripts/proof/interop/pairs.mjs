// The comparisons of one network: for each origin of the weights and program that computes, the largest logit
// difference.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '#data/files/safetensors';
import { openOnnxSession } from '#data/runtimes/onnx-session';
import { openBackend } from '#networks/tensor/backend';
import { readGivenWeights } from '#networks/weights/network-weights';
import { namedNetwork } from '#networks/zoo/named-network';
import { difference } from '#tasks/export/check-export';
import { readFinishedRun } from '#tasks/training/finished-run';
import { noiseImages, ourLogits, pixelsOf, telling } from './ours.mjs';
import { runProgram, searchedRun } from './searched.mjs';

/** timm's names of our networks. */
const inTimm = {
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

/** timm's arguments for each value of `--convention`. */
const conventions = {
  timm: { pad_type: '', bn_eps: 1e-5 },
  tensorflow: { pad_type: 'same', bn_eps: 1e-3 },
};

/**
 * Yields the comparisons of one network as they finish.
 *
 * @param others    the server of others.py
 * @param folder    a folder for temporary files
 * @param searched  a finished training run, or undefined to make one
 */
export async function* pairsOf(name, { others, folder, searched }) {
  openBackend({});
  const own = join(folder, name);
  mkdirSync(own);
  const given = name === 'searched' ? trained(searched ?? searchedRun(own), own) : await withTellingWeights(name, own);
  const { source, network, logits, pixels, images } = given;
  const ask = async (asked) =>
    Float32Array.from((await others.ask(JSON.stringify({ ...asked, pixels }))).logits.flat());
  const ours = { network: name, weights: 'ours', convention: 'ours' };
  const timm = exported(source, own, 'timm');
  yield { ...ours, logits: 'timm', ...compared(await ask({ timm }), logits) };
  for (const [how, flag] of Object.entries({ folded: '--fold', unfolded: '--no-fold' })) {
    const onnx = join(exported(source, own, 'onnx', flag), 'model.onnx');
    yield { ...ours, logits: `ONNX Runtime, ${how}`, ...compared(await ask({ onnx }), logits) };
    yield { ...ours, logits: `ONNX Runtime in Node, ${how}`, ...compared(await inNode(onnx, network, images), logits) };
  }
  for (const [convention, told] of Object.entries(name in inTimm ? conventions : {})) {
    const state = join(own, `${convention}.safetensors`);
    const expected = await ask({ create: inTimm[name], arguments: told, state });
    const read = readGivenWeights(network, state, { convention });
    const found = ourLogits(read.network, read.weights, images);
    yield { network: name, weights: 'timm', logits: 'ours', convention, ...compared(found, expected) };
  }
}

/** A network with weights made for the comparison: its source for `export`, and the parts that `tried` returns. */
async function withTellingWeights(name, folder) {
  const reference = everyKind[name] ?? name;
  const network = namedNetwork(reference);
  const tensors = await telling(network);
  const weights = join(folder, 'weights.safetensors');
  writeSafetensors(weights, tensors);
  return { source: [reference, '--weights', weights], ...tried(network, tensors, folder) };
}

/** The network of a finished training run. */
function trained(run, folder) {
  const { network, weights } = readFinishedRun(run);
  return { source: [run], ...tried(network, weights, folder) };
}

/** Images, our logits for them, and the file of pixels that the other programs read. */
function tried(network, tensors, folder) {
  const images = noiseImages(network);
  const pixels = join(folder, 'pixels.safetensors');
  writeSafetensors(pixels, new Map([['pixels', pixelsOf(network, images)]]));
  return { network, images, pixels, logits: ourLogits(network, tensors, images) };
}

/** Exports a network with the command that users run; returns the folder. */
function exported(source, folder, format, ...flags) {
  const out = join(folder, [format, ...flags].join(''));
  runProgram('export', ...source, '--to', format, '--out', out, ...flags);
  return out;
}

/** Logits from the runtime that our own commands use. */
async function inNode(file, network, images) {
  const session = await openOnnxSession(file, { name: file });
  const { values, shape } = pixelsOf(network, images);
  const logits = await session.run(values, shape);
  await session.release();
  return logits;
}

function compared(found, expected) {
  const { maxAbsolute: absolute, maxRelative: relative } = difference(found, expected);
  return { absolute, relative };
}
