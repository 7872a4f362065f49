/** Rewrites graphs node by node: readers of a removed value read its replacement, and unread values are dropped. */
import type { Graph, GraphConstant, GraphNode } from './trace-graph.js';

/** View of a graph for a rewriting, and the changes that it may make. */
export interface Rewriting {
  /** Returns the node that computes a value, as rewritten so far; undefined for constants and the image. */
  node(name: string): GraphNode | undefined;
  constant(name: string): GraphConstant | undefined;
  shapeOf(name: string): readonly number[];
  /** Returns true if a single node reads the value and it is not the graph's output. */
  isReadOnce(name: string): boolean;
  /** Adds a constant, replacing any of that name. */
  keep(name: string, constant: GraphConstant): void;
}

/**
 * Result of rewriting a node: the node itself, another in its place or, as a name, an earlier value that its readers
 * read instead. `into` changes an earlier node, whose value then replaces this one's.
 */
export type Rewritten = GraphNode | string | { readonly into: GraphNode };

/** Rewrites each node in order, with the inputs that the rewriting has left, then drops what is not read. */
export function rewritten(graph: Graph, rewrite: (node: GraphNode, seen: Rewriting) => Rewritten): Graph {
  const nodes = new Map<string, GraphNode>();
  const constants = new Map(graph.constants);
  const instead = new Map<string, string>();
  const current = (name: string) => instead.get(name) ?? name;
  const readers = readerCounts(graph);
  const seen: Rewriting = {
    node: (name) => nodes.get(name),
    constant: (name) => constants.get(name),
    shapeOf: (name) => shapeIn(graph.input, nodes, constants, name),
    isReadOnce: (name) => readers.get(name) === 1,
    keep: (name, constant) => void constants.set(name, constant),
  };
  for (const before of graph.nodes) {
    const result = rewrite({ ...before, inputs: before.inputs.map(current) }, seen);
    if (typeof result === 'string') {
      instead.set(before.name, current(result));
      readers.set(current(result), (readers.get(current(result)) ?? 0) + (readers.get(before.name) ?? 0) - 1);
    } else if ('into' in result) {
      nodes.set(result.into.name, result.into);
      instead.set(before.name, result.into.name);
      readers.set(result.into.name, readers.get(before.name) ?? 0);
    } else nodes.set(before.name, result);
  }
  return withoutUnread({ ...graph, nodes: [...nodes.values()], constants, output: current(graph.output) });
}

function readerCounts({ nodes, output }: Graph): Map<string, number> {
  const counts = new Map([[output, 2]]); // the caller reads it too
  for (const name of nodes.flatMap(({ inputs }) => inputs)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function shapeIn(
  input: Graph['input'],
  nodes: ReadonlyMap<string, GraphNode>,
  constants: ReadonlyMap<string, GraphConstant>,
  name: string,
): readonly number[] {
  const shape = name === input.name ? input.shape : (nodes.get(name) ?? constants.get(name))?.shape;
  if (shape === undefined) throw new Error(`nothing in the graph gives ${name}`);
  return shape;
}

/** Returns the graph without nodes and constants that its output does not depend on. */
function withoutUnread(graph: Graph): Graph {
  const read = new Set([graph.output]);
  for (const node of [...graph.nodes].reverse()) {
    if (read.has(node.name)) for (const name of node.inputs) read.add(name);
  }
  return {
    ...graph,
    nodes: graph.nodes.filter(({ name }) => read.has(name)),
    constants: new Map([...graph.constants].filter(([name]) => read.has(name))),
  };
}
