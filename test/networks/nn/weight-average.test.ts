import { describe, expect, it } from 'vitest';
import { FlatVariable } from '#networks/nn/flat-variable';
import { keptShare, moveAverage } from '#networks/nn/weight-average';
import { backend } from '#networks/tensor/backend';
import { expectClose } from '#test/networks/tensor/op-check';

/** The average of constant weights after some updates. */
function averaged(start: readonly number[], weights: readonly number[], decay: number, updates: number): Float32Array {
  const [average, variable] = [start, weights].map((values) => new FlatVariable(Float32Array.from(values)));
  for (let t = 1; t <= updates; t++) moveAverage(average!, variable!, keptShare({ decay }, t));
  expect(variable!.values()).toEqual(Float32Array.from(weights));
  const values = average!.values();
  average!.dispose();
  variable!.dispose();
  return values;
}

describe('the moving average of weights', () => {
  const [start, weights] = [
    [1, -2, 0.5, 0],
    [3, 4, 0.5, -1],
  ];

  it('of constant weights is w + (start - w) decay^t once the decay has warmed up', () => {
    const left = 0.1 ** 4; // (1 + t) / (10 + t) is above 0.1 from the first update on
    expectClose(
      averaged(start, weights, 0.1, 4),
      Float32Array.from(weights, (w, i) => w + (start[i]! - w) * left),
      1e-6,
    );
  });

  it('keeps 10! (t + 1)! / (t + 10)! of the initial weights while it warms up', () => {
    for (const updates of [1, 2, 30]) {
      let left = 1; // 10! (t + 1)! / (t + 10)! = 10! / ((t + 2) ... (t + 10))
      for (let i = 2; i <= 10; i++) left *= i / (updates + i);
      expectClose(
        averaged(start, weights, 0.9999, updates),
        Float32Array.from(weights, (w, i) => w + (start[i]! - w) * left),
        1e-6,
      );
    }
  });

  it('warms up until its decay is reached', () => {
    expect(keptShare({ decay: 0.9 }, 1)).toBe(2 / 11);
    expect(keptShare({ decay: 0.9 }, 80)).toBe(0.9); // 81 / 90
    expect(keptShare({ decay: 0.9 }, 1e6)).toBe(0.9);
    expect(keptShare({ decay: 0 }, 5)).toBe(0);
  });

  it('with a decay of 0 is the weights', () => {
    expect(averaged(start, weights, 0, 1)).toEqual(Float32Array.from(weights));
  });

  it('leaves nothing alive', () => {
    averaged(start, weights, 0.9, 2);
    const before = backend().tensorsAlive();
    averaged(start, weights, 0.9, 20);
    expect(backend().tensorsAlive()).toBe(before);
  });
});
