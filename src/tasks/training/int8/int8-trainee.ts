/**
 * Quantization-aware training (Jacob et al. 2018, arXiv:1712.05877): the graph that is exported in int8, with batch norm
 * folded, learns while its weights and values are rounded to their steps.
 */
import type { NamedTensor } from '#data/files/safetensors';
import { Learner } from '#networks/nn/learner';
import { Model } from '#networks/nn/model';
import { namedTensors, restoreTensors } from '#networks/nn/named-tensors';
import type { Forward } from '#networks/nn/network';
import type { Pass } from '#networks/nn/pass';
import { layoutOf, type WeightSpec } from '#networks/nn/weight-layout';
import type { Architecture } from '#networks/space/space';
import { backend } from '#networks/tensor/backend';
import { fakeQuantized, fakeQuantizedKernel } from '#networks/tensor/ops/fake-quantize';
import type { Value } from '#networks/tensor/tape';
import { freshWeights } from '#networks/weights/network-weights';
import { isLinear } from '#tasks/export/graph/inference-graph';
import type { Graph, GraphConstant } from '#tasks/export/graph/trace-graph';
import { nodeValue } from '#tasks/export/int8/node-value';
import { expressible, type Parameters } from '#tasks/export/int8/parameters';
import { isAddedBias } from '#tasks/export/int8/quantizable-form';
import { int8Graph } from '#tasks/export/int8/quantize-network';
import { keepsParameters } from '#tasks/export/int8/quantized-graph';
import type { TrainingRecipe } from '#tasks/training/recipe';

export class Int8Trainee extends Learner {
  readonly forward: Forward;

  /** Its weights are 0 until `begin` or `restore`. */
  constructor(
    network: Architecture,
    parameters: ReadonlyMap<string, Parameters>,
    { optimizer, ema }: Pick<TrainingRecipe, 'optimizer' | 'ema'>,
  ) {
    const graph = int8Graph(network, freshWeights(network, 0));
    super(new Model(network, layoutOf(weightsOf(graph))), optimizer, ema);
    this.forward = fakeQuantizedForward(graph, parameters);
  }

  /** Begins with kernels and biases of the graph by name. */
  begin(constants: ReadonlyMap<string, NamedTensor>): void {
    const weights = new Map([...constants].map(([name, tensor]) => [`weights/${name}`, tensor]));
    for (const { layout, weights: vector } of new Set([this.model, this.result]))
      restoreTensors(layout, new Map([['weights', vector]]), weights);
  }

  /** Kernels and biases of the result by name. */
  constants(): Map<string, NamedTensor> {
    const { layout, weights } = this.result;
    const tensors = namedTensors(layout, new Map([['weights', weights]]));
    return new Map([...tensors].map(([name, tensor]) => [name.slice('weights/'.length), tensor]));
  }
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
function fakeQuantizedForward(graph: Graph, parameters: ReadonlyMap<string, Parameters>): Forward {
  const rounded = (pass: Pass, name: string, value: Value) =>
    fakeQuantized(pass.tape, value, expressible(parameters.get(name) as Parameters));
  const specs = new Map(weightsOf(graph).map((spec) => [spec.name, spec]));
  return (pass, images) => {
    const values = new Map([[graph.input.name, rounded(pass, graph.input.name, images)]]);
    const [n] = images.tensor.shape as [number];
    const operand = (name: string): Value => {
      const known = values.get(name);
      if (known !== undefined) return known;
      const spec = specs.get(name);
      const { shape, values: constant } = graph.constants.get(name) as GraphConstant;
      if (spec === undefined) return pass.tape.adopt(backend().create(constant, shape));
      const weight = pass.weight(name, shape, spec.initializer);
      return spec.initializer === 'zero' ? weight : fakeQuantizedKernel(pass.tape, weight);
    };
    for (const node of graph.nodes) {
      const value = nodeValue(pass.tape, node, node.inputs.map(operand) as [Value, Value, Value?], n);
      values.set(node.name, keepsParameters(node) ? value : rounded(pass, node.name, value));
    }
    return values.get(graph.output) as Value;
  };
}
