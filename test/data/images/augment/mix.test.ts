import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { drawMix, drawMixKind, isMixing, type Mixing, mixedImage } from '#data/images/augment/mix';

const dark = { image: { height: 10, width: 15, channels: 3, pixels: new Uint8Array(450) }, label: 0 };
const bright = { image: { ...dark.image, pixels: new Uint8Array(450).fill(200) }, label: 1 };

/** The share of the second image by the labels. */
function labelShare({ label, mixedShare }: { readonly label: number; readonly mixedShare: number }): number {
  return label === 1 ? 1 - mixedShare : mixedShare;
}

describe('CutMix', () => {
  it('gives the other label the share of the pixels that it gives the other image', () => {
    const alpha = fc.constantFrom(0.2, 1, 4);
    fc.assert(
      fc.property(alpha, fc.integer(), (alpha, seed) => {
        const mix = drawMix('cutmix', alpha, dark.image, randomStream(`${seed}`));
        const result = mixedImage(dark, bright, mix);
        const pasted = result.image.pixels.filter((level) => level === 200).length;
        expect(labelShare(result)).toBeCloseTo(pasted / 450, 12);
        expect(result.mixedShare).toBeLessThanOrEqual(0.5);
        expect(result.label + result.mixedLabel).toBe(1);
        expect(pasted % 3).toBe(0);
      }),
    );
  });

  it('replaces 0.32 of the area in the mean with alpha 1, since rectangles are cut off at the edges', () => {
    // A rectangle with the share v of the area, v uniform, has the side s = sqrt(v) of the image's. Its centre is
    // uniform, so s - s^2 / 4 remains along each axis: E[(s - s^2 / 4)^2] = 1/2 - 1/5 + 1/48.
    const random = randomStream('cut');
    let area = 0;
    for (let i = 0; i < 4000; i++) {
      const mix = drawMix('cutmix', 1, { height: 400, width: 600 }, random);
      if (mix.kind === 'cutmix') area += (mix.rectangle.height * mix.rectangle.width) / 240_000;
    }
    expect(Math.abs(area / 4000 - (1 / 2 - 1 / 5 + 1 / 48))).toBeLessThan(0.02);
  });
});

describe('Mixup', () => {
  it('with alpha 1 has uniform shares', () => {
    const random = randomStream('uniform');
    const shares = Array.from({ length: 8000 }, () => {
      const mix = drawMix('mixup', 1, dark.image, random);
      return mix.kind === 'mixup' ? mix.share : Number.NaN;
    });
    for (const below of [0.1, 0.25, 0.5, 0.9]) {
      const found = shares.filter((share) => share < below).length / shares.length;
      expect(Math.abs(found - below)).toBeLessThan(0.025); // 4.5 standard deviations
    }
  });
});

describe('the way of mixing', () => {
  it.each<[Mixing, Record<string, number>]>([
    [{}, { none: 1 }],
    [{ mixup: { alpha: 1 } }, { mixup: 1 }],
    [{ cutmix: { alpha: 1 } }, { cutmix: 1 }],
    [
      { mixup: { alpha: 1 }, cutmix: { alpha: 1 } },
      { mixup: 0.5, cutmix: 0.5 },
    ],
    [{ mixup: { alpha: 1, probability: 0.3 } }, { mixup: 0.3, none: 0.7 }],
    [
      { mixup: { alpha: 1 }, cutmix: { alpha: 1, probability: 0.2 } },
      { mixup: 0.8, cutmix: 0.2 },
    ],
    [
      { mixup: { alpha: 1, probability: 0.2 }, cutmix: { alpha: 1, probability: 0.3 } },
      { mixup: 0.2, cutmix: 0.3, none: 0.5 },
    ],
  ])('of %o has the probabilities %o', (mixing, expected) => {
    const random = randomStream('ways');
    const ways = Array.from({ length: 5000 }, () => drawMixKind(mixing, random) ?? 'none');
    for (const way of ['mixup', 'cutmix', 'none']) {
      const share = ways.filter((found) => found === way).length / ways.length;
      expect(Math.abs(share - (expected[way] ?? 0))).toBeLessThan(0.032); // 4.5 standard deviations
    }
  });

  it('draws no random number where it is certain', () => {
    const random = randomStream('certain');
    const before = random.state();
    for (const mixing of [{}, { mixup: { alpha: 1 } }, { cutmix: { alpha: 1, probability: 1 } }]) {
      drawMixKind(mixing, random);
    }
    expect(random.state()).toEqual(before);
  });

  it('needs a second label if an augmentation names one', () => {
    expect([isMixing({}), isMixing({ mixup: { alpha: 1 } }), isMixing({ cutmix: { alpha: 1 } })]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
