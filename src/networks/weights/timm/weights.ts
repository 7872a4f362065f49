/** Conversion of our weights to timm's names and PyTorch's layouts, and back. */
import { type Diagnostic, Failure } from '#core/failure';
import { permuted } from '#core/permuted';
import type { NamedTensor, Tensors } from '#data/files/safetensors';
import type { Architecture } from '#networks/space/space';
import { type KernelLayout, type WeightMapping, weightMap } from './weight-map.js';

/** Converts our weights and BN statistics by name to timm's state dict. */
export function toTimm(network: Architecture, tensors: Tensors): Map<string, NamedTensor> {
  return new Map(
    weightMap(network).map(({ timm, ours, layout, shape }) => {
      const parts = ours.map((name) => theirs(taken(tensors, name), layout));
      return [timm, { shape, values: joined(parts) }];
    }),
  );
}

/**
 * Converts timm's state dict to our weights and BN statistics by name; throws a data failure that names the tensors
 * that do not fit.
 */
export function fromTimm(network: Architecture, tensors: Tensors, file: string): Map<string, NamedTensor> {
  const mappings = weightMap(network);
  requireState(network, mappings, tensors, file);
  return new Map(
    mappings.flatMap(({ timm, ours: names, layout }) => {
      const whole = taken(tensors, timm);
      return names.map((name, part) => [name, ours(partOf(whole, part, names.length), layout)] as const);
    }),
  );
}

/** True for names of counters, which are no weights: the batches of a BN, and the steps of a moving average. */
export function isCount(name: string): boolean {
  return /(^|\.)(num_batches_tracked|n_averaged)$/.test(name);
}

/** True if the tensors have timm's names. */
export function isTimms(tensors: Tensors): boolean {
  return tensors.has('conv_stem.weight');
}

const mostReported = 5;

function requireState(network: Architecture, mappings: readonly WeightMapping[], tensors: Tensors, file: string): void {
  const problems: Diagnostic[] = [];
  const report = (path: string, message: string) => problems.push({ file, path, message });
  for (const { timm, shape } of mappings) {
    const found = tensors.get(timm);
    if (found === undefined) report(timm, `missing; expected shape [${shape}], as timm's ${network.name} has`);
    else if (found.shape.join() !== shape.join()) report(timm, `expected shape [${shape}]; got [${found.shape}]`);
  }
  const known = new Set(mappings.map(({ timm }) => timm));
  for (const name of tensors.keys()) {
    if (!known.has(name) && !isCount(name)) report(name, `unknown to timm's ${network.name}`);
  }
  if (problems.length === 0) return;
  const shown = problems.slice(0, mostReported);
  if (problems.length > mostReported)
    shown.push({ file, message: `and ${problems.length - mostReported} more tensors` });
  throw new Failure(
    'data',
    shown,
    `expected the weights of ${network.name}: check the network, its classes and the file`,
  );
}

function taken(tensors: Tensors, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new Error(`no tensor is called ${name}`);
  return tensor;
}

/** Axis orders of each layout, to timm's and back; timm's 1x1 kernels have two more axes of size 1. */
const orders: Readonly<
  Record<KernelLayout, { readonly toTimm: readonly number[]; readonly fromTimm: readonly number[] }>
> = {
  dense: { toTimm: [3, 2, 0, 1], fromTimm: [2, 3, 1, 0] },
  depthwise: { toTimm: [2, 3, 0, 1], fromTimm: [2, 3, 0, 1] },
  pointwise: { toTimm: [1, 0], fromTimm: [1, 0] },
  fc: { toTimm: [1, 0], fromTimm: [1, 0] },
  vector: { toTimm: [0], fromTimm: [0] },
};

/** Values of our tensor in timm's order. */
function theirs(tensor: NamedTensor, layout: KernelLayout): Float32Array {
  return permuted(tensor, orders[layout].toTimm).values;
}

/** A timm tensor in our order and shape. */
function ours({ shape, values }: NamedTensor, layout: KernelLayout): NamedTensor {
  const own = layout === 'pointwise' ? shape.slice(0, 2) : shape;
  return permuted({ shape: own, values }, orders[layout].fromTimm);
}

/** One of several equal parts along the first axis. */
function partOf({ shape, values }: NamedTensor, part: number, parts: number): NamedTensor {
  if (parts === 1) return { shape, values };
  const [first = 0, ...rest] = shape;
  const size = values.length / parts;
  return { shape: [first / parts, ...rest], values: values.subarray(part * size, (part + 1) * size) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Float32Array(parts.reduce((n, { length }) => n + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
