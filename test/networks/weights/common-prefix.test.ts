import { describe, expect, it } from 'vitest';
import { withoutPrefix } from '#networks/weights/common-prefix';
import { failureOf } from '#test/data/fixtures';

const tensor = { shape: [1], values: Float32Array.of(1) };
const named = (...names: string[]) => new Map(names.map((name) => [name, tensor]));

describe('tensors', () => {
  it.each(['module.', 'module.model.', '_orig_mod.', 'state_dict.', 'net/'])(
    'lose the prefix %s that all have',
    (prefix) => {
      for (const names of [
        ['conv_stem.weight', 'bn1.weight'],
        ['head.fc.kernel', 'head.fc.bias'],
      ]) {
        const { prefix: found, tensors } = withoutPrefix(named(...names.map((name) => prefix + name)), 'f');
        expect([found, [...tensors.keys()]]).toEqual([prefix, names]);
      }
    },
  );

  it.each([
    ['none has one', ['conv_stem.weight', 'bn1.weight']],
    ['one network of two has none', ['conv_stem.weight', 'ema.conv_stem.weight']],
    ['no name tells where it ends', ['module.encoder.weight', 'module.encoder.bias']],
    ['there are none', []],
  ])('keep their names where %s', (_, names) => {
    const { prefix, tensors } = withoutPrefix(named(...names), 'f');
    expect([prefix, [...tensors.keys()]]).toEqual(['', names]);
  });

  it.each([
    ['one has none', ['module.conv_stem.weight', 'bn1.weight'], 'module.; got bn1.weight'],
    ['prefixes are mixed', ['module.bn1.weight', 'model.conv_stem.weight'], 'model.; got module.bn1.weight'],
    ['two networks lie in one file', ['a.conv_stem.weight', 'b.conv_stem.weight'], 'a.; got b.conv_stem.weight'],
  ])('are refused where %s', (_, names, says) => {
    const { kind, message } = failureOf(() => withoutPrefix(named(...names), 'f'));
    expect([kind, message]).toEqual(['data', `f: expected names that all begin with ${says}`]);
  });
});
