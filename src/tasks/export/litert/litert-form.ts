/**
 * Rewrites a graph with the ops that TensorFlow Lite has: hard-swish and GELU as one op, ReLUs as part of the op before
 * them, and no Reshape before the fully connected layer, which flattens maps itself. In int8 hard-swish stays a sum and
 * two products, since XNNPACK computes these in integers and hard-swish not.
 */
import { type Rewriting, type Rewritten, rewritten } from '#tasks/export/graph/rewrite';
import type { Graph, GraphNode } from '#tasks/export/graph/trace-graph';

/**
 * Returns a graph that also has the ops `Gelu` and, in float32, `HardSwish`, and whose ops may have the attribute
 * `activation`.
 */
export function litertForm(graph: Graph, precision: 'float32' | 'int8'): Graph {
  const passes = [...(precision === 'float32' ? [asHardSwish] : []), asGelu, asActivation, withoutFlattening];
  return passes.reduce(rewritten, graph);
}

const asHardSwish = asOneOp('HardSwish', hardSigmoidInput);
const asGelu = asOneOp('Gelu', normalShareInput);

/** Recognises `x * gate(x)` of `tensor/ops/activation.ts`; a gate of another value, as in squeeze-and-excitation, stays. */
function asOneOp(op: string, gateInput: (gate: string, seen: Rewriting) => string | undefined) {
  return (node: GraphNode, seen: Rewriting): Rewritten => {
    const [x, gate] = node.inputs as [string, string];
    if (node.op !== 'Mul' || x !== gateInput(gate, seen)) return node;
    return { ...node, op, inputs: [x], attributes: {} };
  };
}

/** Returns the x of `relu6(x + 3) / 6`. */
function hardSigmoidInput(gate: string, seen: Rewriting): string | undefined {
  const clipped = operandOf('Mul', 1 / 6, gate, seen);
  return operandOf('AddV2', 3, inputOf('Relu6', clipped, seen), seen);
}

/** Returns the x of `(erf(x / sqrt 2) + 1) / 2`. */
function normalShareInput(gate: string, seen: Rewriting): string | undefined {
  const error = operandOf('AddV2', 1, operandOf('Mul', 0.5, gate, seen), seen);
  return operandOf('Mul', Math.SQRT1_2, inputOf('Erf', error, seen), seen);
}

/** Returns the first operand of an op whose second is this number; undefined for anything else. */
function operandOf(op: string, number: number, name: string | undefined, seen: Rewriting): string | undefined {
  const operand = inputOf(op, name, seen);
  const constant = seen.constant((name === undefined ? undefined : seen.node(name))?.inputs[1] ?? '');
  const isNumber = constant?.values.length === 1 && constant.values[0] === Math.fround(number);
  return isNumber ? operand : undefined;
}

/** Returns the first input of the node if it is this op. */
function inputOf(op: string, name: string | undefined, seen: Rewriting): string | undefined {
  const node = name === undefined ? undefined : seen.node(name);
  return node?.op === op ? node.inputs[0] : undefined;
}

/** Ops of TensorFlow Lite with a fused activation. */
const fusing = new Set([
  'Conv2D',
  'DepthwiseConv2dNative',
  'MatMul',
  'FusedBatchNormV3',
  'AddV2',
  'AddN',
  'BiasAdd',
  'Mul',
]);

function asActivation(node: GraphNode, seen: Rewriting): Rewritten {
  const before = node.op === 'Relu' || node.op === 'Relu6' ? seen.node(node.inputs[0] as string) : undefined;
  if (before === undefined || !fusing.has(before.op) || !seen.isReadOnce(before.name)) return node;
  if (before.attributes['activation'] !== undefined) return node;
  return { into: { ...before, attributes: { ...before.attributes, activation: node.op } } };
}

function withoutFlattening(node: GraphNode, seen: Rewriting): Rewritten {
  const before = node.op === 'MatMul' && node.shape.length === 2 ? seen.node(node.inputs[0] as string) : undefined;
  if (before?.op !== 'Reshape') return node;
  return { ...node, inputs: [before.inputs[0] as string, ...node.inputs.slice(1)] };
}
