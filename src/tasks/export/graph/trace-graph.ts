/**
 * Traces a network's forward pass as a graph of TensorFlow's ops: runs the only implementation of that pass on a
 * backend that records its calls. All exports start from this graph, so that a new block needs no second description.
 */

import type { NamedTensor } from '#data/files/safetensors';
import { batchNormName, layerWith } from '#networks/nn/batch-norm-names';
import { networkForward } from '#networks/nn/network';
import { weightPass } from '#networks/nn/pass';
import { inputShape, inputSize } from '#networks/space/resolution';
import type { Architecture } from '#networks/space/space';
import { type Backend, backend, type Shape, type Tensor, through } from '#networks/tensor/backend';
import type { Statistics } from '#networks/tensor/ops/batch-norm';
import { materialized } from '#networks/tensor/ops/combine';
import { Tape } from '#networks/tensor/tape';
import type { Values } from '#networks/tensor/tensor';
import type { OpAttribute } from '#networks/tensor/tensorflow';

export interface GraphConstant {
  readonly shape: Shape;
  readonly values: Values;
}

/** One op. Its first output bears the node's name; other outputs are not part of the graph. */
export interface GraphNode {
  readonly name: string;
  /** TensorFlow's name of the op. */
  readonly op: string;
  /** Names of nodes, constants or the graph's input. */
  readonly inputs: readonly string[];
  /** Shape of the output, for `batch` images. */
  readonly shape: Shape;
  /** Attributes except types, which are all float32. */
  readonly attributes: Readonly<Record<string, OpAttribute['value']>>;
}

/** Nodes in an order in which they can be computed. */
export interface Graph {
  /** Normalised pixels, [batch, H, W, C]. */
  readonly input: { readonly name: string; readonly shape: Shape };
  /** Name of the node that computes the logits. */
  readonly output: string;
  readonly nodes: readonly GraphNode[];
  /** Weights and statistics under our names, and constant operands of ops. */
  readonly constants: ReadonlyMap<string, GraphConstant>;
  /** Number of images that the shapes are for. */
  readonly batch: number;
}

const batch = 2; // not 1, so that a Reshape that mixes images is noticed
const typeKind = 4; // `attribute.type` of an attribute that is a type

/**
 * Returns the graph of a network with these weights and statistics, in public ops alone, without kernels of one build.
 *
 * @param weights  by name, including the `mean` and `variance` of each normalised layer
 */
export function traceGraph(network: Architecture, weights: ReadonlyMap<string, NamedTensor>): Graph {
  const recording = new Recording();
  return through(
    (inner) => recording.of(inner),
    () => {
      const tape = new Tape({ recording: false });
      const constant = (name: string): Tensor => {
        const weight = weights.get(name);
        if (weight === undefined) throw new Error(`no weight is called ${name}`);
        const { tensor } = tape.adopt(backend().create(weight.values, weight.shape));
        recording.name(tensor, name);
        return tensor;
      };
      try {
        const shape = [batch, ...inputShape(network.input)];
        const image = tape.adopt(backend().create(new Float32Array(batch * inputSize(network.input)), shape));
        const input = { name: 'image', shape };
        recording.begin(image.tensor, input.name);
        const pass = weightPass({
          tape,
          conventions: network,
          reading: { weight: (name) => tape.leaf(constant(name)) },
          statistics: statisticsBy(weights, constant),
        });
        const logits = materialized(tape, networkForward(network)(pass, image));
        return { input, output: recording.nameOf(logits.tensor), ...recording.found(), batch };
      } finally {
        tape.dispose();
      }
    },
  );
}

/** Returns the statistics of each layer that has a mean, as constants. */
function statisticsBy(
  weights: ReadonlyMap<string, NamedTensor>,
  constant: (name: string) => Tensor,
): ReadonlyMap<string, Statistics> {
  const layers = [...weights.keys()].flatMap((name) => layerWith('mean', name) ?? []);
  const part = (layer: string, statistic: 'mean' | 'variance') => constant(batchNormName(layer, statistic));
  return new Map(layers.map((layer) => [layer, { mean: part(layer, 'mean'), variance: part(layer, 'variance') }]));
}

/** Records the ops that a backend runs on values that depend on the image; all other values are constants. */
class Recording {
  readonly #nodes: GraphNode[] = [];
  readonly #constants = new Map<string, GraphConstant>();
  /** Id of the tensor that each constant was read from. */
  readonly #sources = new Map<string, number>();
  /** Names of tensors by their id: of the image and what depends on it, and of weights. */
  readonly #names = new Map<number, string>();
  readonly #depending = new Set<string>();
  readonly #taken = new Map<string, number>();

  name(tensor: Tensor, name: string): void {
    this.#names.set(tensor.id, name);
  }

  /** Names the image or a tensor that depends on it. */
  begin(image: Tensor, name: string): void {
    this.name(image, name);
    this.#depending.add(name);
  }

  of(inner: Backend): Backend {
    return {
      name: inner.name,
      version: inner.version,
      isGpu: inner.isGpu,
      isTensorFlowCpu: false, // public ops alone
      run: (op, attributes, inputs, outputs) => {
        const results = inner.run(op, attributes, inputs, outputs);
        if (inputs.some((input) => this.#depends(input))) this.#note(op, attributes, inputs, results, inner);
        else this.#inherit(inputs, results);
        return results;
      },
      create: (values, shape) => inner.create(values, shape),
      read: (tensor) => inner.read(tensor),
      dispose: (tensor) => {
        this.#names.delete(tensor.id);
        inner.dispose(tensor);
      },
      tensorsAlive: () => inner.tensorsAlive(),
    };
  }

  nameOf(tensor: Tensor): string {
    return this.#names.get(tensor.id) as string;
  }

  found(): Pick<Graph, 'nodes' | 'constants'> {
    return { nodes: this.#nodes, constants: this.#constants };
  }

  #depends({ id }: Tensor): boolean {
    return this.#depending.has(this.#names.get(id) ?? '');
  }

  /** Gives a constant computed from weights the name of the first one: a scaled gamma is still named gamma. */
  #inherit([source]: readonly Tensor[], [result]: readonly Tensor[]): void {
    const name = source && this.#names.get(source.id);
    if (name?.includes('.') && result !== undefined) this.name(result, name);
  }

  #note(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    [first, ...others]: readonly Tensor[],
    inner: Backend,
  ): void {
    const names = inputs.map((input) => (this.#depends(input) ? this.nameOf(input) : this.#constant(input, inner)));
    const name = this.#free(`${layerOf(names, this.#depending)}${op}`);
    const { shape } = first as Tensor;
    const given = attributes.filter(({ type }) => type !== typeKind).map(({ name, value }) => [name, value]);
    this.#nodes.push({ name, op, inputs: names, shape, attributes: Object.fromEntries(given) });
    this.begin(first as Tensor, name);
    for (const [i, other] of others.entries()) this.begin(other, `${name}:${i + 1}`);
  }

  /** Returns the name of a constant and keeps its values. */
  #constant(tensor: Tensor, inner: Backend): string {
    const name = this.#names.get(tensor.id) ?? this.#free('constant');
    this.name(tensor, name);
    const known = this.#sources.get(name) ?? tensor.id;
    if (known !== tensor.id) throw new Error(`two different constants are called ${name}`);
    this.#sources.set(name, tensor.id);
    if (!this.#constants.has(name)) this.#constants.set(name, { shape: tensor.shape, values: inner.read(tensor) });
    return name;
  }

  #free(wanted: string): string {
    const before = this.#taken.get(wanted) ?? 0;
    this.#taken.set(wanted, before + 1);
    return before === 0 ? wanted : `${wanted}_${before + 1}`;
  }
}

/**
 * Returns `stages.0.blocks.0.conv3/` for an op with `stages.0.blocks.0.conv3.kernel`; an empty text without weights.
 */
function layerOf(inputs: readonly string[], depending: ReadonlySet<string>): string {
  const weight = inputs.find((name) => !depending.has(name) && name.includes('.'));
  return weight === undefined ? '' : `${weight.slice(0, weight.lastIndexOf('.'))}/`;
}
