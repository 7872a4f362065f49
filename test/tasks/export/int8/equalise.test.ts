import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import type { Architecture } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { Graph } from '#tasks/export/graph/trace-graph';
import { equalisablePairs, equalised } from '#tasks/export/int8/equalise';
import { GraphValues } from '#tasks/export/int8/graph-values';
import { quantizableForm } from '#tasks/export/int8/quantizable-form';
import { litertForm } from '#tasks/export/litert/litert-form';
import { network } from '#test/networks/nn/fixtures';
import { randomExported } from '#test/tasks/export/random-exported';

beforeAll(() => void openBackend({ threads: 1 }));

const blocks = (activation: string) => `
activation: ${activation}
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 5, expand: 2, out: 8 }
head: { conv: 16, hidden: 12 }`;

function graphOf(activation: 'relu' | 'relu6' | 'hardSwish'): Graph {
  const architecture: Architecture = {
    ...network(blocks(activation).replace(/activation: .*/, ''), 'input: { resolution: 8, channels: 3 }'),
    activation,
  };
  const { weights } = randomExported(architecture);
  return litertForm(quantizableForm(inferenceGraph(architecture, weights, { fold: true })), 'int8');
}

const pixels = Float32Array.from({ length: 4 * 8 * 8 * 3 }, (_, i) => Math.sin(i));

/** Returns the largest absolute value of each channel of a value, and the logits. */
function seen(graph: Graph, name: string) {
  const channels = graph.nodes.find((node) => node.name === name)?.shape.at(-1) ?? 1;
  const most = new Float32Array(channels);
  const values = new GraphValues(graph);
  const logits = values.output(pixels, (of, found) => {
    if (of === name)
      for (const [i, value] of found.entries()) most[i % channels] = Math.max(most[i % channels]!, Math.abs(value));
    return undefined;
  });
  values.dispose();
  return { most, logits };
}

const kinds = (graph: Graph) =>
  equalisablePairs(graph).map(({ first, second }) => `${first.name}>${second.name}`.replace(/\/[^>]*/g, ''));

describe('equalisation across layers', () => {
  it('is possible where a ReLU or nothing lies between two linear maps, and one map alone reads the first', () => {
    expect(kinds(graphOf('relu'))).toEqual([
      'stages.0.blocks.1.start3>stages.0.blocks.1.expand',
      'stages.0.blocks.1.expand>stages.0.blocks.1.mid5',
      'stages.0.blocks.1.mid5>stages.0.blocks.1.project',
      'head.conv>head.hidden',
      'head.hidden>head.fc',
    ]);
    for (const activation of ['relu6', 'hardSwish'] as const)
      expect(kinds(graphOf(activation))).toEqual(['stages.0.blocks.1.start3>stages.0.blocks.1.expand']);
  });

  it('changes no logits, whatever the ranges', () => {
    const graph = graphOf('relu');
    const random = randomStream('equalise');
    const pairs = equalisablePairs(graph);
    const largest = new Map(
      pairs.map(({ between, first }) => [
        between,
        Float32Array.from({ length: first.shape.at(-1)! }, () => Math.max(0, random.normal())),
      ]),
    );
    const before = seen(graph, '').logits;
    const after = seen(equalised(graph, pairs, largest), '').logits;
    for (const [i, logit] of before.entries()) expect(after[i]).toBeCloseTo(logit, 4);
  });

  it('gives all channels before a depthwise layer one range, but for those near zero', () => {
    const graph = graphOf('relu');
    const pairs = equalisablePairs(graph).filter(({ second }) => second.op === 'DepthwiseConv2dNative');
    const [{ between }] = pairs as [(typeof pairs)[number]];
    const { most } = seen(graph, between);
    const highest = Math.max(...most);
    const after = seen(equalised(graph, pairs, new Map([[between, most]])), between).most;
    for (const [c, range] of most.entries()) {
      const expected = range > highest / 100 ? highest : 100 * range;
      expect(after[c]! / highest).toBeCloseTo(expected / highest, 4);
    }
  });

  it('balances ranges with weights elsewhere', () => {
    const graph = graphOf('relu');
    const pairs = equalisablePairs(graph).filter(({ second }) => second.name.includes('fc'));
    const [{ between, first }] = pairs as [(typeof pairs)[number]];
    const uneven = Float32Array.from({ length: first.shape.at(-1)! }, (_, c) => (c === 0 ? 100 : 1));
    const before = seen(graph, between).most;
    const after = seen(equalised(graph, pairs, new Map([[between, uneven]])), between).most;
    const [wide, narrow] = [0, 1].map((c) => after[c]! / before[c]!) as [number, number];
    expect(wide).toBeLessThan(narrow);
  });
});
