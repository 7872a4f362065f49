import { describe, expect, it } from 'vitest';
import type { NamedTensor } from '#data/files/safetensors';
import { layersOf } from '#networks/cost/layers/layers-of';
import { networkForward, weightLayout } from '#networks/nn/network';
import { fromTimm, isTimms, toTimm } from '#networks/weights/timm/weights';
import { namedNetwork } from '#networks/zoo/named-network';
import { shippedNames } from '#networks/zoo/shipped';
import { everyKind, network, numbered } from './networks.js';

const size = ({ values }: NamedTensor) => values.length;

/** Those that are large have no other blocks. */
const shipped = shippedNames('search-spaces/zoo').filter((name) => /^m.*(?<!-l)$/.test(name));

describe.each(shipped)("%s under timm's names", (name) => {
  it('has the weights of our network by name and shape, and statistics for each batch norm', () => {
    const full = namedNetwork(name);
    const small = { ...full, input: { ...full.input, resolution: 32 } };
    const ours = fromTimm(small, numbered(small), 'x');
    const shapes = new Map([...ours].map(([weight, { shape }]) => [weight, shape]));
    const { specs } = weightLayout(small, networkForward(small));
    for (const { name: weight, shape } of specs.values()) {
      expect(shapes.get(weight), weight).toEqual(shape);
      shapes.delete(weight);
      if (!weight.endsWith('.gamma')) continue;
      for (const statistic of ['mean', 'variance']) {
        expect(shapes.get(weight.replace(/gamma$/, statistic)), weight).toEqual(shape);
        shapes.delete(weight.replace(/gamma$/, statistic));
      }
    }
    expect([...shapes.keys()]).toEqual([]);
  });
});

describe("weights under timm's names", () => {
  it('come back from ours as they were', () => {
    const state = numbered(everyKind);
    expect(toTimm(everyKind, fromTimm(everyKind, state, 'x'))).toEqual(state);
  });

  it('are all the parameters that the network counts, each once, and the statistics of its batch norms', () => {
    const ours = fromTimm(everyKind, numbered(everyKind), 'x');
    const isStatistic = (name: string) => /\.(mean|variance)$/.test(name);
    const trained = [...ours].filter(([name]) => !isStatistic(name));
    const params = layersOf(everyKind).reduce((sum, layer) => sum + layer.params, 0);
    expect(trained.reduce((sum, [, tensor]) => sum + size(tensor), 0)).toBe(params);
    for (const [name, { shape }] of ours) {
      if (isStatistic(name)) expect(ours.get(name.replace(/[^.]+$/, 'gamma'))?.shape).toEqual(shape);
    }
    const all = [...ours.values()].flatMap(({ values }) => [...values]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('have their axes in our order', () => {
    const small = network(`
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 8 }
      - { kind: uib, startKernel: 3, midKernel: 0, expand: 2, out: 8 }
head: { conv: 0, hidden: 0 }`);
    const state = numbered(small);
    const ours = fromTimm(small, state, 'x');
    const at = (name: string, ...index: number[]) => {
      const { shape, values } = (ours.get(name) ?? state.get(name)) as NamedTensor;
      return values[index.reduce((place, i, axis) => place * (shape[axis] as number) + i, 0)];
    };
    expect(at('stages.0.blocks.0.conv3.kernel', 1, 2, 0, 5)).toBe(at('conv_stem.weight', 5, 0, 1, 2));
    expect(at('stages.0.blocks.1.start3.kernel', 1, 2, 6, 0)).toBe(at('blocks.0.0.dw_start.conv.weight', 6, 0, 1, 2));
    expect(at('stages.0.blocks.1.expand.kernel', 3, 9)).toBe(at('blocks.0.0.pw_exp.conv.weight', 9, 3, 0, 0));
    expect(at('head.fc.kernel', 7, 11)).toBe(at('classifier.weight', 11, 7));
    expect(at('stages.0.blocks.1.project.bn.variance', 4)).toBe(at('blocks.0.0.pw_proj.bn.running_var', 4));
  });

  it('hold queries, keys and values of an mha in one', () => {
    const state = numbered(everyKind);
    const ours = fromTimm(everyKind, state, 'x');
    const qkv = state.get('blocks.1.3.attn.qkv.weight') as NamedTensor;
    const first = (of: string) => ours.get(`stages.1.blocks.4.${of}.kernel`)?.values[0];
    expect(['query', 'key', 'value'].map(first)).toEqual([0, 32, 64].map((row) => qkv.values[row * 32]));
  });

  it('are known by the name of the stem', () => {
    const state = numbered(everyKind);
    expect(isTimms(state)).toBe(true);
    expect(isTimms(fromTimm(everyKind, state, 'x'))).toBe(false);
  });

  it('of another network are refused, tensor by tensor', () => {
    const state = numbered(everyKind);
    state.delete('bn1.running_mean');
    state.set('classifier.bias', { shape: [10], values: new Float32Array(10) });
    state.set('bn9.num_batches_tracked', { shape: [], values: new Float32Array(1) });
    state.set('conv_extra.weight', { shape: [1], values: new Float32Array(1) });
    expect(() => fromTimm(everyKind, state, 'w.safetensors')).toThrow(
      [
        "w.safetensors: bn1.running_mean: missing; expected shape [16], as timm's test has",
        'w.safetensors: classifier.bias: expected shape [12]; got [10]',
        "w.safetensors: conv_extra.weight: unknown to timm's test",
      ].join('\n'),
    );
    expect(() => fromTimm(everyKind, new Map(), 'w.safetensors')).toThrow('more tensors');
  });
});
