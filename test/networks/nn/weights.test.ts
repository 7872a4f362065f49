import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FlatVariable } from '#networks/nn/flat-variable';
import { initialWeights, layoutOf, type WeightSpec } from '#networks/nn/weight-layout';
import { WeightReading } from '#networks/nn/weights';
import { backend, dispose, readFloats } from '#networks/tensor/backend';
import { hasCustomOps } from '#networks/tensor/custom-ops';
import { Tape } from '#networks/tensor/tape';
import { create, expectClose, normals } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';
import { byName, randomWeights, taken } from './fixtures.js';

const specs: readonly WeightSpec[] = [
  { name: 'conv.kernel', shape: [3, 3, 40, 50], initializer: 'he' },
  { name: 'dw.kernel', shape: [5, 5, 400, 1], initializer: 'heDepthwise' },
  { name: 'pw.kernel', shape: [80, 120], initializer: 'he' },
  { name: 'bn.gamma', shape: [120], initializer: 'one' },
  { name: 'bn.beta', shape: [120], initializer: 'zero' },
  { name: 'fc.kernel', shape: [120, 100], initializer: 'fc' },
];

describe('a layout', () => {
  it('places weights one after another in the order of asking', () => {
    const { specs: placed, size } = layoutOf(specs.slice(2));
    expect([...placed].map(([name, { offset }]) => [name, offset])).toEqual([
      ['pw.kernel', 0],
      ['bn.gamma', 9600],
      ['bn.beta', 9720],
      ['fc.kernel', 9840],
    ]);
    expect(size).toBe(21_840);
  });
});

describe('initial weights', () => {
  const layout = layoutOf(specs);
  const initial = byName(layout, initialWeights(layout, 'seed'));

  it('are he-normal over the inputs of an output, k * k of them in a depthwise layer; .01 in fc; 1 and 0 in BN', () => {
    const deviations = {
      'conv.kernel': Math.sqrt(2 / 360),
      'dw.kernel': Math.sqrt(2 / 25),
      'pw.kernel': Math.sqrt(2 / 80),
      'fc.kernel': 0.01,
    };
    for (const [name, sigma] of Object.entries(deviations)) {
      const values = initial.get(name) as Float32Array;
      const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(Math.sqrt(meanSquare) / sigma).toBeCloseTo(1, 1.3); // within 2.5 %, over 4 deviations at these sizes
      expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(
        (4 * sigma) / Math.sqrt(values.length),
      );
    }
    expect(new Set(initial.get('bn.gamma'))).toEqual(new Set([1]));
    expect(new Set(initial.get('bn.beta'))).toEqual(new Set([0]));
  });

  it('depend on the seed and on their own name alone, not on what other weights there are', () => {
    const other = layoutOf([...specs].reverse().filter(({ name }) => name !== 'dw.kernel'));
    const elsewhere = byName(other, initialWeights(other, 'seed'));
    for (const [name, values] of elsewhere) expect(values).toEqual(initial.get(name));
    expect(initialWeights(layout, 'seed')).toEqual(initialWeights(layout, 'seed'));
    const reseeded = byName(layout, initialWeights(layout, 'another seed'));
    expect(reseeded.get('fc.kernel')).not.toEqual(initial.get('fc.kernel'));
  });

  it('differ between weights of equal shape', () => {
    const twins = layoutOf(['a', 'b'].map((name) => ({ name, shape: [4, 4], initializer: 'he' as const })));
    const values = byName(twins, initialWeights(twins, 'seed'));
    expect(values.get('a')).not.toEqual(values.get('b'));
  });
});

describe('a flat variable', () => {
  it('holds what is written, of its own, and frees it', () => {
    hasCustomOps(); // keeps a tensor when it is first asked
    const before = backend().tensorsAlive();
    const [a, b] = [new FlatVariable(Float32Array.of(1, 2)), new FlatVariable(Float32Array.of(3, 4))];
    a.write(Float32Array.of(5, 6));
    expect([a.values(), b.values()]).toEqual([Float32Array.of(5, 6), Float32Array.of(3, 4)]);
    a.dispose();
    b.dispose();
    expect(backend().tensorsAlive()).toBe(before);
  });
});

/** A weight's shape and a smaller one. */
const slice = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(5)), { minLength: 1, maxLength: 4 })
  .map((axes) => ({
    full: axes.map(([extent]) => extent),
    used: axes.map(([extent, less]) => Math.max(1, extent - less)),
  }));

describe('reading weights', () => {
  /** Reads part of the weight `w`, which lies between two others, and goes back with `dy`. */
  function read(
    full: number[],
    used: number[],
    dy: Float32Array,
    decay = 0,
    initializer: WeightSpec['initializer'] = 'he',
  ) {
    const other = { shape: [3, 2], initializer: 'he' } as const;
    const layout = layoutOf([
      { ...other, name: 'before' },
      { name: 'w', shape: full, initializer },
      { ...other, name: 'after' },
    ]);
    const flat = randomWeights(layout);
    const variable = new FlatVariable(flat);
    const tape = new Tape({ recording: true });
    const reading = new WeightReading(tape, variable, layout, decay);
    const weight = reading.weight('w', used);
    const values = readFloats(weight.tensor);
    tape.backward(weight, create({ shape: used, values: dy }));
    const gradient = taken(reading.flatGradient(), dispose);
    variable.dispose();
    return { values, gradient: byName(layout, gradient), whole: byName(layout, flat).get('w') as Float32Array };
  }

  function expectFirstEntries({ full, used }: { full: number[]; used: number[] }): void {
    const dy = normals('dy', ...used).values;
    const { values, gradient, whole } = read(full, used, dy);
    const begin = full.map(() => 0);
    expect(values).toEqual(tf.slice(tf.tensor(whole, full), begin, used).dataSync());
    const paddings = full.map((extent, axis): [number, number] => [0, extent - (used[axis] as number)]);
    expect(gradient.get('w')).toEqual(tf.pad(tf.tensor(dy, used), paddings).dataSync());
    expect([...(gradient.get('before') as Float32Array), ...(gradient.get('after') as Float32Array)]).toEqual(
      Array(12).fill(0),
    );
  }

  it('gives the first entries along every axis, and their gradient back at the same place with zeros around', () => {
    fc.assert(fc.property(slice, expectFirstEntries), { numRuns: 50 });
  });

  it.each([
    { full: [150_000], used: [140_001] },
    { full: [3, 3, 130, 170], used: [3, 3, 111, 151] },
    { full: [400, 700], used: [399, 700] },
    { full: [2, 200_000], used: [2, 150_000] },
  ])('gives them for large weights too, $used of $full', expectFirstEntries);

  it('leaves nothing alive', () => {
    const dy = normals('dy', 2, 2).values;
    read([3, 4], [2, 2], dy, 0.1);
    const before = backend().tensorsAlive();
    read([3, 4], [2, 2], dy, 0.1);
    expect(backend().tensorsAlive()).toBe(before);
  });

  it('adds the gradient of decay / 2 * sum of squares over the entries in use of a kernel', () => {
    const dy = normals('dy', 2, 2).values;
    const { values, gradient } = read([2, 3], [2, 2], dy, 0.1);
    const decayed = dy.map((d, i) => d + 0.1 * (values[i] as number));
    expectClose(
      gradient.get('w') as Float32Array,
      Float32Array.of(decayed[0]!, decayed[1]!, 0, decayed[2]!, decayed[3]!, 0),
    );
  });

  it('adds no decay to BN and biases', () => {
    for (const initializer of ['one', 'zero'] as const) {
      expect(read([4], [4], Float32Array.of(1, 2, 3, 4), 0.1, initializer).gradient.get('w')).toEqual(
        Float32Array.of(1, 2, 3, 4),
      );
    }
  });

  it('refuses a name that the layout lacks', () => {
    const variable = new FlatVariable(Float32Array.of(1));
    const tape = new Tape({ recording: false });
    const reading = new WeightReading(tape, variable, layoutOf([{ name: 'w', shape: [1], initializer: 'he' }]), 0);
    expect(() => reading.weight('v', [1])).toThrow('no weight is called v');
    tape.dispose();
    variable.dispose();
  });
});
