import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import type { Architecture } from '#networks/space/space';
import { openBackend } from '#networks/tensor/backend';
import { inferenceGraph } from '#tasks/export/graph/inference-graph';
import type { Graph } from '#tasks/export/graph/trace-graph';
import { equalisableGroups, equalised } from '#tasks/export/int8/equalise';
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

const blockOf = ({ name }: { readonly name: string }) => name.replace(/\/.*/, '');

const listed = (graph: Graph) =>
  equalisableGroups(graph).map(({ writers, readers }) => `${writers.map(blockOf)}>${readers.map(blockOf)}`);

const chainsOf = (graph: Graph) => equalisableGroups(graph).filter(({ values }) => values.length === 1);

describe('equalisation across layers', () => {
  it('is possible where linear maps alone read what others, a ReLU after them or not, and sums of these give', () => {
    expect(listed(graphOf('relu'))).toEqual([
      'stages.0.blocks.0.conv3,stages.0.blocks.1.project>stages.0.blocks.1.start3,head.conv',
      'stages.0.blocks.1.start3>stages.0.blocks.1.expand',
      'stages.0.blocks.1.expand>stages.0.blocks.1.mid5',
      'stages.0.blocks.1.mid5>stages.0.blocks.1.project',
      'head.conv>head.hidden',
      'head.hidden>head.fc',
    ]);
    for (const activation of ['relu6', 'hardSwish'] as const)
      expect(listed(graphOf(activation))).toEqual(['stages.0.blocks.1.start3>stages.0.blocks.1.expand']);
  });

  it('changes no logits, whatever the ranges', () => {
    const graph = graphOf('relu');
    const random = randomStream('equalise');
    const groups = equalisableGroups(graph);
    const ranges = (channels: number) => Float32Array.from({ length: channels }, () => Math.max(0, random.normal()));
    const largest = new Map(
      groups.flatMap(({ values, writers }) => values.map((name) => [name, ranges(writers[0]!.shape.at(-1)!)])),
    );
    const before = seen(graph, '').logits;
    const after = seen(equalised(graph, groups, largest, 0.5), '').logits;
    for (const [i, logit] of before.entries()) expect(after[i]).toBeCloseTo(logit, 4);
  });

  it('gives all channels before a depthwise layer one range, but for those near zero', () => {
    const graph = graphOf('relu');
    const groups = chainsOf(graph).filter(({ readers }) => readers[0]!.op === 'DepthwiseConv2dNative');
    const [name] = groups[0]!.values as [string];
    const { most } = seen(graph, name);
    const highest = Math.max(...most);
    const after = seen(equalised(graph, groups, new Map([[name, most]]), 0.5), name).most;
    for (const [c, range] of most.entries()) {
      const expected = range > highest / 100 ? highest : 100 * range;
      expect(after[c]! / highest).toBeCloseTo(expected / highest, 4);
    }
  });

  it('balances ranges with weights elsewhere, and takes the widest of the values that are added', () => {
    const graph = graphOf('relu');
    for (const group of equalisableGroups(graph)) {
      if (!group.readers.some(({ op }) => op !== 'DepthwiseConv2dNative')) continue;
      const uneven = (wide: number) =>
        Float32Array.from({ length: group.writers[0]!.shape.at(-1)! }, (_, c) => (c === 0 ? wide : 1));
      const largest = new Map(group.values.map((name, i) => [name, uneven(i === 0 ? 100 : 2)]));
      const [name] = group.values as [string];
      const before = seen(graph, name).most;
      const after = seen(equalised(graph, [group], largest, 0.5), name).most;
      const [wide = 0, ...narrow] = [...after].map((range, c) => (before[c] === 0 ? Number.NaN : range / before[c]!));
      for (const ratio of narrow) if (wide > 0 && ratio > 0) expect(wide).toBeLessThan(ratio);
    }
  });
});
