import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation, type Random, randomStream, restoreRandom } from '#core/random';

const draws = (random: Random, n: number) => Array.from({ length: n }, () => random.uniform());
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a named stream', () => {
  it('depends on its name alone', () => {
    expect(draws(randomStream('7/weights'), 50)).toEqual(draws(randomStream('7/weights'), 50));
    const others = ['7/data', '7/weights ', '8/weights', ''].map((name) => draws(randomStream(name), 1)[0]);
    expect(new Set([...others, draws(randomStream('7/weights'), 1)[0]]).size).toBe(5);
  });

  it('resumes from a state restored from JSON as if it had never stopped, for all kinds of draws', () => {
    const kinds = fc.array(fc.constantFrom<'uniform' | 'normal' | 'below'>('uniform', 'normal', 'below'), {
      maxLength: 20,
    });
    const draw = (random: Random, kind: 'uniform' | 'normal' | 'below') =>
      kind === 'below' ? random.below(10) : random[kind]();
    fc.assert(
      fc.property(fc.string(), kinds, kinds, (name, before, after) => {
        const random = randomStream(name);
        for (const kind of before) draw(random, kind);
        const restored = restoreRandom(JSON.parse(JSON.stringify(random.state())));
        expect(after.map((kind) => draw(restored, kind))).toEqual(after.map((kind) => draw(random, kind)));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a saved state unchanged by later draws', () => {
    const random = randomStream('a');
    const state = random.state();
    const first = draws(random, 5);
    expect(draws(restoreRandom(state), 5)).toEqual(first);
    expect(draws(restoreRandom(state), 5)).toEqual(first);
  });
});

describe('its draws', () => {
  const n = 20_000;

  it('are uniform on [0, 1): mean 1/2 and variance 1/12, within 4 standard errors', () => {
    const values = draws(randomStream('uniform'), n);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * n));
    expect(Math.abs(mean(values.map((value) => (value - 0.5) ** 2)) - 1 / 12)).toBeLessThan(4 / Math.sqrt(180 * n));
  });

  it('are finer than 32 bits', () => {
    expect(draws(randomStream('bits'), 100).some((value) => !Number.isInteger(value * 2 ** 32))).toBe(true);
  });

  it('are normal: moments 0, 1, 0, 3, within 4 standard errors', () => {
    const random = randomStream('normal');
    const values = Array.from({ length: n }, () => random.normal());
    const errors = [1, 2, 15, 96].map((variance) => 4 * Math.sqrt(variance / n)); // of the mean of x, x², x³, x⁴
    for (const [i, moment] of [0, 1, 0, 3].entries()) {
      expect(Math.abs(mean(values.map((value) => value ** (i + 1))) - moment)).toBeLessThan(errors[i]!);
    }
  });

  it('below n are each of 0 ... n - 1 equally often, within 4 standard errors', () => {
    const random = randomStream('below');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < n; i++) counts[random.below(7)]! += 1;
    for (const count of counts) expect(Math.abs(count - n / 7)).toBeLessThan(4 * Math.sqrt((n / 7) * (6 / 7)));
  });
});

describe('a permutation', () => {
  it('holds each number once, for any n', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.string(), (n, name) => {
        expect([...permutation(n, randomStream(name))].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
      }),
    );
  });

  it('of 3 is each of the 6 equally often, within 4 standard errors', () => {
    const random = randomStream('permutation');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = permutation(3, random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * (5 / 6)));
  });
});
