import { describe, expect, it } from 'vitest';
import { backend, dispose, floatT, readFloats, run, type Tensor } from '#networks/tensor/backend';
import { activated } from '#networks/tensor/ops/activation';
import { alias } from '#networks/tensor/ops/arithmetic';
import { add, mean } from '#networks/tensor/ops/combine';
import { pointwise } from '#networks/tensor/ops/pointwise';
import { type GradientRule, Tape, type Value } from '#networks/tensor/tape';
import { create, expectLikeTfjs, normals, type Op, onTape } from './op-check.js';
import type { tf } from './tfjs.js';

const geluInTfjs = (x: tf.Tensor) => x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5));
const scalar = (value: number) => ({ shape: [1], values: Float32Array.of(value) });

/** What `body` leaves alive, once a first run has made the constants that stay. */
function leftAlive(body: () => void): number {
  body();
  const before = backend().tensorsAlive();
  body();
  return backend().tensorsAlive() - before;
}

describe('a value used several times', () => {
  it('receives the sum of the gradients of its uses', () => {
    const twice: Op = (tape, x) => add(tape, x, x);
    expect(onTape(twice, [scalar(3)], Float32Array.of(5)).gradients).toEqual([Float32Array.of(10)]);
    const thrice: Op = (tape, x) => add(tape, add(tape, x, x), x);
    expect(onTape(thrice, [scalar(3)], Float32Array.of(5)).gradients).toEqual([Float32Array.of(15)]);
  });

  it('does so along paths of different lengths, as in TensorFlow.js', () => {
    const paths: Op = (tape, x) => {
      const once = activated(tape, x, 'gelu');
      const twice = activated(tape, once, 'gelu');
      return mean(tape, [add(tape, twice, x), once, add(tape, once, x)]);
    };
    const reference = (x: tf.Tensor) => {
      const once = geluInTfjs(x);
      return geluInTfjs(once).add(x).add(once).add(once).add(x).div(3);
    };
    expectLikeTfjs(paths, reference, [normals('x', 3, 4)]);
  });
});

describe('a gradient that nobody needs', () => {
  it('is not computed: neither for a leaf that asks for none, nor before it', () => {
    const tape = new Tape({ recording: true });
    const images = tape.adopt(create(scalar(1)));
    const weight = tape.leaf(create(scalar(2)), true);
    let calls = 0;
    const before = tape.op([images], run('Neg', [floatT], images.tensor), (dy) => {
      calls++;
      return [alias(dy)];
    });
    const sum = add(tape, before, weight);
    expect([before.needsGradient, sum.needsGradient]).toEqual([false, true]);
    tape.backward(sum, create(scalar(7)));
    expect(calls).toBe(0);
    expect(images.gradient).toBeUndefined();
    expect([...readFloats(weight.gradient as Tensor)]).toEqual([7]);
    dispose(weight.tensor, weight.gradient as Tensor);
  });

  it('is freed where a rule gives it all the same, and may be left out', () => {
    const wanting = (rule: GradientRule<[Value, Value]>) => {
      const tape = new Tape({ recording: true });
      const weight = tape.leaf(create(scalar(2)), true);
      const inputs: [Value, Value] = [weight, tape.adopt(create(scalar(1)))];
      const seen: (readonly boolean[])[] = [];
      const product = run('Mul', [floatT], inputs[0].tensor, inputs[1].tensor);
      const y = tape.op(inputs, product, (dy, wants) => {
        seen.push(wants);
        return rule(dy, wants);
      });
      tape.backward(y, create(scalar(5)));
      expect(seen).toEqual([[true, false]]);
      expect([...readFloats(weight.gradient as Tensor)]).toEqual([5]);
      dispose(weight.tensor, weight.gradient as Tensor);
    };
    expect(leftAlive(() => wanting((dy) => [alias(dy), alias(dy)]))).toBe(0);
    expect(leftAlive(() => wanting((dy, [, wantsSecond]) => [alias(dy), wantsSecond && alias(dy)]))).toBe(0);
    expect(leftAlive(() => wanting((dy) => [alias(dy)]))).toBe(0);
  });

  it('of a branch without influence on the result stays undefined', () => {
    const tape = new Tape({ recording: true });
    const [used, unused] = [tape.leaf(create(scalar(1)), true), tape.leaf(create(scalar(2)), true)];
    const y = activated(tape, used, 'gelu');
    activated(tape, unused, 'gelu');
    tape.backward(y, create(scalar(1)));
    expect(unused.gradient).toBeUndefined();
    dispose(used.tensor, unused.tensor, used.gradient as Tensor);
  });
});

describe('a tape', () => {
  const input = normals('x', 2, 3, 3, 4);
  const kernel = normals('kernel', 4, 4);

  /** Runs `body` on a tape with an input that the tape owns and a kernel that needs a gradient. */
  function onOwnTape(recording: boolean, body: (tape: Tape, x: Value, kernel: Value) => void): void {
    const tape = new Tape({ recording });
    const weight = tape.leaf(create(kernel), true);
    try {
      body(tape, tape.adopt(create(input)), weight);
    } catch (error) {
      if ((error as Error).message !== 'on purpose') throw error;
    } finally {
      tape.dispose();
      dispose(weight.tensor, ...(weight.gradient === undefined ? [] : [weight.gradient]));
    }
  }
  const layers = (tape: Tape, x: Value, kernel: Value) =>
    activated(tape, pointwise(tape, activated(tape, pointwise(tape, x, kernel), 'gelu'), kernel), 'gelu');
  const onPurpose = (): never => {
    throw new Error('on purpose');
  };

  it('leaves nothing alive after going back', () => {
    expect(
      leftAlive(() => onOwnTape(true, (tape, x, kernel) => tape.backward(layers(tape, x, kernel), create(input)))),
    ).toBe(0);
  });

  it('leaves nothing alive after a forward pass, recording or not', () => {
    for (const recording of [true, false]) expect(leftAlive(() => onOwnTape(recording, layers))).toBe(0);
  });

  it('leaves nothing alive after an exception in the middle of the way forward', () => {
    for (const recording of [true, false]) {
      const failing = (tape: Tape, x: Value, kernel: Value) => {
        tape.block(() =>
          add(tape, layers(tape, x, kernel), tape.sequence([() => layers(tape, x, kernel), onPurpose], x)),
        );
      };
      expect(leftAlive(() => onOwnTape(recording, failing))).toBe(0);
    }
  });

  it('leaves nothing alive after an exception in the middle of the way back', () => {
    const failing = (tape: Tape, x: Value, kernel: Value) => {
      const deep = layers(tape, x, kernel);
      const trap = tape.op([deep], run('Neg', [floatT], deep.tensor), onPurpose, [create(input)]);
      tape.backward(layers(tape, add(tape, trap, deep), kernel), create(input));
    };
    expect(leftAlive(() => onOwnTape(true, failing))).toBe(0);
  });

  it('without recording frees all of a block but its result, also from blocks inside it', () => {
    onOwnTape(false, (tape, x, kernel) => {
      layers(tape, x, kernel);
      const before = backend().tensorsAlive();
      tape.block(() =>
        add(
          tape,
          tape.block(() => layers(tape, x, kernel)),
          layers(tape, x, kernel),
        ),
      );
      expect(backend().tensorsAlive()).toBe(before + 1);
    });
  });

  it('without recording keeps a block result that is older than the block', () => {
    onOwnTape(false, (tape, x) => {
      const older = activated(tape, x, 'gelu');
      const kept = tape.block(() => {
        activated(tape, older, 'gelu');
        return older;
      });
      expect(kept).toBe(older);
      expect(readFloats(kept.tensor)).toHaveLength(72);
    });
  });

  it('without recording keeps one activation along a sequence, also past a layer that does nothing', () => {
    onOwnTape(false, (tape, x, weight) => {
      const before = backend().tensorsAlive();
      const layer = (y: Value) => layers(tape, y, weight);
      const alive: number[] = [];
      const count = (y: Value) => {
        alive.push(backend().tensorsAlive() - before);
        return y;
      };
      const y = tape.sequence([layer, count, layer, count, layer, count], x);
      expect(alive).toEqual([1, 1, 1]);
      const { values } = onTape((t, a, k) => layers(t, layers(t, layers(t, a, k), k), k), [input, kernel]);
      expect(readFloats(y.tensor)).toEqual(values);
    });
  });
});
