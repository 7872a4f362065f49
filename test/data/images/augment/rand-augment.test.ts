import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { type Operation, operated, operationKinds } from '#data/images/augment/operation';
import {
  drawOperations,
  highestMagnitude,
  operationAt,
  type ScaleName,
  scaleNames,
} from '#data/images/augment/rand-augment';
import { anyImage, ramp } from './fixtures.js';

const size = { height: 224, width: 331 };

/** The amount of each operation at a magnitude, for both directions. */
function amounts(scale: ScaleName, magnitude: number): Record<string, number[]> {
  const amountOf = (operation: Operation) => Object.values(operation).filter((value) => typeof value === 'number');
  const both = operationKinds.map((kind) => [
    kind,
    [1, -1].flatMap((sign) => amountOf(operationAt(kind, scale, magnitude, sign, size))),
  ]);
  return Object.fromEntries(both) as Record<string, number[]>;
}

describe('magnitude 9', () => {
  it("on torchvision's scale of 31 magnitudes", () => {
    const { rotate, shearX, translateX, translateY, posterize, solarize, color, brightness } = amounts(
      'torchvision',
      9,
    );
    expect(rotate).toEqual([9, -9]);
    expect(shearX).toEqual([Math.fround(0.09), -Math.fround(0.09)]);
    expect(translateX).toEqual([45, -45]); // 150 / 331 of the width, 0.3 of that
    expect(translateY).toEqual([30, -30]); // 30.45 cut to whole pixels
    expect(posterize).toEqual([7, 7]);
    expect(solarize).toEqual([178.5, 178.5]);
    for (const [more, less] of [color, brightness] as [number, number][]) {
      expect(more).toBeCloseTo(1.27, 6);
      expect(less).toBeCloseTo(0.73, 6);
    }
  });

  it("on timm's scale, rand-m9", () => {
    const { rotate, shearX, translateX, posterize, solarize, brightness } = amounts('timm', 9);
    expect(rotate).toEqual([27, -27]);
    expect(shearX?.[0]).toBeCloseTo(0.27, 9);
    expect(translateX).toEqual([-134, 134]); // 0.405 of 331 pixels is 134.055
    expect(posterize).toEqual([3, 3]);
    expect(solarize).toEqual([230, 230]);
    for (const factor of brightness as number[]) expect(factor).toBeCloseTo(1.72, 9);
  });

  it("on timm's increasing scale, rand-m9-inc1", () => {
    const { rotate, posterize, solarize, brightness } = amounts('timmIncreasing', 9);
    expect(rotate).toEqual([27, -27]);
    expect(posterize).toEqual([1, 1]);
    expect(solarize).toEqual([26, 26]);
    expect(brightness?.[0]).toBeCloseTo(1.81, 9);
    expect(brightness?.[1]).toBeCloseTo(0.19, 9);
  });
});

it('a probability leaves operations out at random', () => {
  const random = randomStream('probability');
  const all = Array.from({ length: 1000 }, () =>
    drawOperations({ operations: 2, magnitude: 15, scale: 'timm', probability: 0.7 }, size, random),
  );
  const counts = [0, 1, 2].map((n) => all.filter(({ length }) => length === n).length);
  for (const [n, share] of [0.09, 0.42, 0.49].entries()) {
    expect(Math.abs((counts[n] as number) / 1000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 1000));
  }
  const turns = all.flat().flatMap((operation) => (operation.kind === 'rotate' ? [Math.abs(operation.degrees)] : []));
  expect(new Set(turns)).toEqual(new Set([45]));
});

describe.each(scaleNames)('the operations on the scale %s', (scale) => {
  it('keep the shape of any image, leave it alone, and depend on the stream alone', () => {
    const magnitude = fc.integer({ min: 0, max: highestMagnitude[scale] });
    fc.assert(
      fc.property(anyImage, magnitude, fc.integer(), (image, magnitude, seed) => {
        const before = image.pixels.slice();
        const draw = () => drawOperations({ operations: 3, magnitude, scale }, image, randomStream(`${seed}`));
        const result = draw().reduce(operated, image);
        expect(result).toMatchObject({ height: image.height, width: image.width, channels: image.channels });
        expect(result.pixels.length).toBe(image.pixels.length);
        expect(draw().reduce(operated, image)).toEqual(result);
        expect(image.pixels).toEqual(before);
      }),
    );
  });

  it('keep at least one bit at every magnitude', () => {
    for (let magnitude = 0; magnitude <= highestMagnitude[scale]; magnitude++) {
      for (const bits of amounts(scale, magnitude).posterize as number[]) {
        expect(bits).toBeGreaterThanOrEqual(1);
        expect(bits).toBeLessThanOrEqual(8);
      }
    }
  });
});

it("magnitude 0 is the identity on torchvision's scale, except that white is solarized", () => {
  const still = operationKinds.filter((kind) => kind !== 'autoContrast' && kind !== 'equalize' && kind !== 'solarize');
  fc.assert(
    fc.property(anyImage, (image) => {
      for (const kind of still) expect(operated(image, operationAt(kind, 'torchvision', 0, 1, image))).toEqual(image);
    }),
  );
  const { pixels } = operated(ramp, operationAt('solarize', 'torchvision', 0, 1, ramp));
  expect([...pixels]).toEqual([...ramp.pixels.subarray(0, 255), 0]);
});

it('draws each of the 14 operations equally often, half of them in each direction', () => {
  const draws = drawOperations({ operations: 28_000, magnitude: 9, scale: 'torchvision' }, size, randomStream('often'));
  for (const kind of operationKinds) {
    const share = draws.filter((operation) => operation.kind === kind).length / draws.length;
    expect(Math.abs(share - 1 / 14)).toBeLessThan(0.007); // 4.5 standard deviations
  }
  const turns = draws.flatMap((operation) => (operation.kind === 'rotate' ? [operation.degrees] : []));
  expect(new Set(turns)).toEqual(new Set([9, -9]));
  expect(Math.abs(turns.filter((degrees) => degrees > 0).length / turns.length - 0.5)).toBeLessThan(0.05);
});

it('a spread draws magnitudes around the given one, cut to those of the scale', () => {
  const options = { operations: 14_000, magnitude: 9, scale: 'timm', spread: 0.5 } as const;
  const levels = drawOperations(options, size, randomStream('spread')).flatMap((operation) =>
    operation.kind === 'rotate' ? [Math.abs(operation.degrees) / 3] : [],
  );
  const mean = levels.reduce((a, b) => a + b, 0) / levels.length;
  expect(Math.abs(mean - 9)).toBeLessThan(0.08);
  expect(Math.max(...levels)).toBe(10);
  expect(levels.filter((level) => level < 8.5).length / levels.length).toBeCloseTo(0.159, 1); // one deviation below
});
