/**
 * Quantization-aware training (Jacob et al. 2018, arXiv:1712.05877): the graph that is exported in int8, with batch norm
 * folded, learns while its weights and values are rounded to their steps.
 */
import type { NamedTensor } from '#data/files/safetensors';
import type { Batch } from '#data/sets/loader';
import { frozenNetwork } from '#networks/nn/frozen-network';
import { Learner } from '#networks/nn/learner';
import { Model } from '#networks/nn/model';
import { weightTensors, writeTensors } from '#networks/nn/named-tensors';
import type { Forward } from '#networks/nn/network';
import { layoutOf, type WeightSpec } from '#networks/nn/weight-layout';
import { weightShapes } from '#networks/nn/weight-shapes';
import type { Architecture } from '#networks/space/space';
import { sizeOf } from '#networks/tensor/backend';
import { fakeQuantizedKernel, fakeQuantizer } from '#networks/tensor/ops/fake-quantize';
import type { Value } from '#networks/tensor/tape';
import { isLinear } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant } from '#tasks/export/graph/trace-graph';
import { GraphConstants } from '#tasks/export/int8/graph-constants';
import { movesValues, nodeValue, tensorInputs } from '#tasks/export/int8/node-value';
import { expressible, type Parameters } from '#tasks/export/int8/parameters';
import { isAddedBias } from '#tasks/export/int8/quantizable-form';
import { int8Graph } from '#tasks/export/int8/quantize-network';
import type { TrainingRecipe } from '#tasks/training/recipe';
import type { TrainedForward, TrainedResult } from '#tasks/training/train-network';
import { networkTensors } from './network-tensors.js';

export class Int8Trainee extends Learner implements TrainedForward {
  readonly forward: Forward;
  readonly #network: Architecture;
  readonly #constants: GraphConstants;

  /** Its weights are 0 until `begin` or `restore`. */
  constructor(
    network: Architecture,
    parameters: ReadonlyMap<string, Parameters>,
    { optimizer, ema }: Pick<TrainingRecipe, 'optimizer' | 'ema'>,
  ) {
    const graph = int8Graph(network, zeroTensors(network));
    const weights = weightsOf(graph);
    super(new Model(network, layoutOf(weights)), optimizer, ema);
    this.#network = network;
    this.#constants = new GraphConstants(graph);
    this.forward = fakeQuantizedForward(graph, weights, parameters, this.#constants);
  }

  /** Begins with kernels and biases of the graph by name. */
  begin(constants: ReadonlyMap<string, NamedTensor>): void {
    for (const { layout, weights } of new Set([this.model, this.result])) writeTensors(layout, weights, constants);
  }

  /** Kernels and biases of the result by name. */
  constants(): Map<string, NamedTensor> {
    return weightTensors(this.result.layout, this.result.weights);
  }

  /** The network that computes what the graph does, and its logits with and without rounding. */
  async conclude(): Promise<TrainedResult> {
    const tensors = networkTensors(this.#network, this.constants());
    const { model, forward, statistics, dispose } = frozenNetwork(this.#network, tensors);
    return {
      tensors,
      logits: (batch) => model.logits(forward, batch, statistics),
      int8: (batch: Batch) => this.result.logits(this.forward, batch),
      dispose,
    };
  }

  override dispose(): void {
    super.dispose();
    this.#constants.dispose();
  }
}

/** Weights that are all 0, for a graph of which the form alone matters. */
function zeroTensors(network: Architecture): Map<string, NamedTensor> {
  const tensors = [...weightShapes(network)].map(([name, shape]) => {
    return [name, { shape, values: new Float32Array(sizeOf(shape)) }] as const;
  });
  return new Map(tensors);
}

/** The kernels and biases of a graph that the network can express. */
function weightsOf({ nodes, constants }: Graph): WeightSpec[] {
  return nodes.filter(isLinear).flatMap(({ inputs }) => {
    const [, kernel, bias] = inputs as [string, string, string];
    const spec = (name: string, initializer: WeightSpec['initializer']) => {
      return { name, shape: (constants.get(name) as GraphConstant).shape, initializer };
    };
    return [spec(kernel, 'he'), ...(isAddedBias(bias) ? [] : [spec(bias, 'zero')])];
  });
}

/** A forward pass through the graph in which every value has the steps of its parameters. */
function fakeQuantizedForward(
  graph: Graph,
  weights: readonly WeightSpec[],
  parameters: ReadonlyMap<string, Parameters>,
  constants: GraphConstants,
): Forward {
  const { input, nodes, output } = graph;
  const quantizers = new Map([...parameters].map(([name, found]) => [name, fakeQuantizer(expressible(found))]));
  const specs = new Map(weights.map((spec) => [spec.name, spec]));
  return ({ tape, weight }, images) => {
    const rounded = (name: string, value: Value) =>
      (quantizers.get(name) as ReturnType<typeof fakeQuantizer>)(tape, value);
    const values = new Map([[input.name, rounded(input.name, images)]]);
    const [n] = images.tensor.shape as [number];
    const operand = (name: string): Value => {
      const spec = specs.get(name);
      if (spec === undefined) return values.get(name) ?? tape.leaf(constants.tensor(name));
      const found = weight(name, spec.shape, spec.initializer);
      return spec.initializer === 'zero' ? found : fakeQuantizedKernel(tape, found);
    };
    for (const node of nodes) {
      const value = nodeValue(tape, graph, node, tensorInputs(node).map(operand), n);
      values.set(node.name, movesValues(node) ? value : rounded(node.name, value));
    }
    return values.get(output) as Value;
  };
}
