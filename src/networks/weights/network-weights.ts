/** Weights of a network from a file, which must hold all of them, in their shapes, and no other tensor. */
import { type Diagnostic, Failure } from '#core/failure';
import { shown } from '#core/shown';
import { readOnnxWeights } from '#data/files/onnx-file';
import { type NamedTensor, readSafetensors, type Tensors } from '#data/files/safetensors';
import { layerWith } from '#networks/nn/batch-norm-names';
import { networkForward, weightLayout } from '#networks/nn/network';
import { initialWeights } from '#networks/nn/weight-layout';
import { type WeightShapes, weightShapes } from '#networks/nn/weight-shapes';
import type { Architecture } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';
import { fromTimm, isCount, isTimms } from '#networks/weights/timm/weights';
import { withoutPrefix } from './common-prefix.js';
import { fromOnnx } from './onnx-weights.js';
import { type PixelNormName, withPixels } from './pixel-norms.js';
import { conventionText, type WeightConvention, weightConventions } from './weight-conventions.js';

/** Reads safetensors in our names, or an ONNX model that `export` wrote; throws a data failure if it does not fit. */
export function readNetworkWeights(network: Architecture, file: string): Tensors {
  const tensors = isOnnx(file) ? fromOnnx(readOnnxWeights(file), network) : readSafetensors(file, isCount).tensors;
  return sound(requireWeights(network.name, tensors, weightShapes(network), file), file);
}

/** A network with weights that may come from another project. */
export interface GivenWeights {
  /** With the conventions that the weights were trained under. */
  readonly network: Architecture;
  readonly weights: Tensors;
  /** Their source, for messages. */
  readonly origin: string;
}

/** Conventions that weights were trained under, where the user states them. */
export interface TrainedHow {
  /** By default timm's where the names are timm's, else the network's. */
  readonly convention?: WeightConvention | undefined;
  /** By default the network's. */
  readonly pixels?: PixelNormName | undefined;
}

/**
 * Reads the files of `readNetworkWeights`, and safetensors in timm's names or in half precision; a prefix common to all
 * names is dropped.
 */
export function readGivenWeights(
  named: Architecture,
  file: string,
  { convention, pixels }: TrainedHow = {},
): GivenWeights {
  const network = pixels === undefined ? named : { ...named, input: withPixels(named.input, pixels) };
  const { prefix, tensors: found } = withoutPrefix(tensorsIn(file), file);
  const tensors = isOnnx(file) ? fromOnnx(found, network) : found;
  const areTimms = isTimms(tensors);
  const how = convention ?? (areTimms ? 'timm' : undefined);
  const trained = how === undefined ? network : { ...network, ...weightConventions[how] };
  const weights = areTimms
    ? fromTimm(trained, tensors, file)
    : requireWeights(network.name, tensors, weightShapes(trained), file);
  const names = areTimms ? " in timm's names" : '';
  const without = prefix === '' ? '' : ` without their prefix ${shown(prefix)}`;
  const seeing = pixels === undefined ? '' : `, pixels ${pixels}`;
  const under = how === undefined ? '' : `, taken as trained under the convention ${conventionText(how)}`;
  return {
    network: trained,
    weights: sound(weights, file),
    origin: `weights from the file ${file}${names}${without}${under}${seeing}`,
  };
}

function isOnnx(file: string): boolean {
  return file.endsWith('.onnx');
}

function tensorsIn(file: string): Tensors {
  return isOnnx(file) ? readOnnxWeights(file) : readSafetensors(file, isCount, ['F32', 'F16', 'BF16']).tensors;
}

/** The weights, if all are finite and no variance is below 0; otherwise throws a data failure. */
function sound(weights: Tensors, file: string): Tensors {
  for (const [name, { values }] of weights) {
    const least = layerWith('variance', name) === undefined ? Number.NEGATIVE_INFINITY : 0;
    const at = values.findIndex((value) => !Number.isFinite(value) || value < least);
    if (at < 0) continue;
    const expected = least === 0 ? 'variances of 0 or more' : 'finite values';
    throw new Failure('data', { file, path: name, message: `expected ${expected}; got ${values[at]} at place ${at}` });
  }
  return weights;
}

const most = 8; // mistakes that a failure lists

/**
 * The tensors, if they are exactly the network's; a data failure lists those that are missing, misshapen or unknown.
 */
export function requireWeights(network: string, tensors: Tensors, shapes: WeightShapes, file: string): Tensors {
  const mistakes: Diagnostic[] = [];
  for (const [name, shape] of shapes) {
    const got = tensors.get(name);
    const isRight = got !== undefined && `${got.shape}` === `${shape}`;
    if (!isRight) mistakes.push({ file, path: name, message: `expected shape [${shape}]; got ${shownShape(got)}` });
  }
  for (const name of tensors.keys()) {
    if (!shapes.has(name)) mistakes.push({ file, path: name, message: `unknown to ${network}` });
  }
  if (mistakes.length === 0) return tensors;
  const rest = mistakes.length > most ? [{ file, message: `and ${mistakes.length - most} more` }] : [];
  const remedy = `give weights of ${network}, written by a training run or \`mnv4-nas export\` of this network`;
  throw new Failure('data', [...mistakes.slice(0, most), ...rest], remedy);
}

function shownShape(tensor: NamedTensor | undefined): string {
  return tensor === undefined ? 'none' : `[${tensor.shape}]`;
}

/** Initial weights, with statistics of mean 0 and variance 1: for measuring time, not for predictions. */
export function freshWeights(network: Architecture, seed: number): Tensors {
  const layout = weightLayout(network, networkForward(network));
  const values = initialWeights(layout, String(seed));
  const tensors = new Map<string, NamedTensor>();
  for (const [name, shape] of weightShapes(network)) {
    const size = sizeOf(shape);
    const spec = layout.specs.get(name);
    const fill = layerWith('variance', name) === undefined ? 0 : 1;
    const own = spec && values.subarray(spec.offset, spec.offset + size);
    tensors.set(name, { shape, values: own ?? new Float32Array(size).fill(fill) });
  }
  return tensors;
}
