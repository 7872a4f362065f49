import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { type Augmentation, augmented } from '#data/images/augment/augment';
import { scaleNames } from '#data/images/augment/rand-augment';
import { flipped } from '#data/images/augment/resample';
import type { Image } from '#data/images/image-source';
import { storedPixels } from '#data/images/in-memory';

const size = { height: 7, width: 9, channels: 3 };
const flatSize = { height: 4, width: 40, channels: 1 };
const stored = (image: Image, label: number) => ({ image: storedPixels(image), label });
const bytes = fc.uint8Array({ minLength: 189, maxLength: 189 });
const augmentations = fc.record<Augmentation>({
  inceptionCrop: fc.option(fc.constant({ area: [0.08, 1], aspect: [0.75, 4 / 3] } as const), { nil: undefined }),
  shift: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
  flip: fc.boolean(),
  randAugment: fc.option(
    fc.record({ operations: fc.constantFrom(1, 2), magnitude: fc.constant(9), scale: fc.constantFrom(...scaleNames) }),
    { nil: undefined },
  ),
  mixup: fc.option(fc.record({ alpha: fc.constantFrom(0.2, 1, 4) }), { nil: undefined }),
  cutmix: fc.option(fc.record({ alpha: fc.constantFrom(0.2, 1, 4) }), { nil: undefined }),
  erase: fc.option(fc.constant({ probability: 0.5, area: [0.02, 0.3] } as const), { nil: undefined }),
});

describe('augmented', () => {
  it('has the shape and range of its images, leaves them alone, and depends on the stream alone', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, augmentations, fc.integer(), async (pixels, other, augmentation, seed) => {
        const before = pixels.slice();
        const another = async () => stored({ ...size, pixels: other }, 1);
        const copy = () =>
          augmented(stored({ ...size, pixels }, 0), augmentation, randomStream(`${seed}`), { another });
        const { image: result } = await copy();
        expect(result).toMatchObject(size);
        expect(result.pixels.length).toBe(pixels.length);
        if (augmentation.randAugment === undefined) {
          expect(Math.max(...result.pixels)).toBeLessThanOrEqual(Math.max(...pixels, ...other));
        }
        expect((await copy()).image).toEqual(result);
        expect(pixels).toEqual(before);
      }),
    );
  });

  it('mirrors the cropped and shifted image', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, augmentations, fc.integer(), async (pixels, { inceptionCrop, shift }, seed) => {
        const one = stored({ ...size, pixels }, 0);
        const copy = async (flip: boolean) => {
          const random = randomStream(`${seed}`);
          return (await augmented(one, { inceptionCrop, shift, flip }, random, { another: async () => one })).image;
        };
        const plain = await copy(false);
        expect([plain, flipped(plain)]).toContainEqual(await copy(true));
      }),
    );
  });

  it('without parts is the image', async () => {
    const image = { ...size, pixels: Uint8Array.from({ length: 189 }, (_, i) => i) };
    const one = stored(image, 3);
    expect(await augmented(one, {}, randomStream('x'), { another: async () => one })).toEqual({
      image,
      label: 3,
      mixedLabel: 3,
      mixedShare: 0,
    });
  });

  it('moves by each of the 2s + 1 distances along both axes', async () => {
    const pixels = new Uint8Array(25);
    pixels[12] = 255; // the middle
    const one = stored({ height: 5, width: 5, channels: 1, pixels }, 0);
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const { image } = await augmented(one, { shift: 1 }, randomStream(`${i}`), { another: async () => one });
      seen.add(image.pixels.indexOf(255));
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18]);
  });

  it('mixes targets as it mixes pixels: what is left of a bright image is the share of its class', async () => {
    const flat = (level: number, label: number) => stored({ ...size, pixels: new Uint8Array(189).fill(level) }, label);
    const [dark, bright] = [flat(0, 0), flat(200, 1)];
    for (let i = 0; i < 300; i++) {
      const [one, other] = i % 2 === 0 ? [dark, bright] : [bright, dark];
      const random = randomStream(`mix/${i}`);
      const another = async () => other;
      const mixed = await augmented(one, { flip: true, mixup: { alpha: 0.4 } }, random, { another });
      const share = (mixed.image.pixels[0] as number) / 200;
      const ofBright = mixed.label === 1 ? 1 - mixed.mixedShare : mixed.mixedShare;
      expect(mixed.label + mixed.mixedLabel).toBe(1);
      expect(mixed.mixedShare).toBeLessThanOrEqual(0.5);
      expect(Math.abs(ofBright - share)).toBeLessThanOrEqual(0.5 / 200 + 1e-9);
    }
  });

  it('leaves an image unchanged if the rectangle to erase fits nowhere', async () => {
    const before = { ...flatSize, pixels: new Uint8Array(160).fill(9) };
    const one = stored(before, 0);
    const erase = { probability: 1, area: [0.99, 0.99] } as const;
    const { image } = await augmented(one, { erase }, randomStream('x'), { another: async () => one });
    expect(image).toEqual(before);
  });

  it('crops the central square of a flat image where no rectangle fits', async () => {
    const before = { ...flatSize, pixels: Uint8Array.from({ length: 160 }, (_, i) => i % 40) };
    const one = stored(before, 0);
    const inceptionCrop = { area: [1, 1], aspect: [1, 1] } as const;
    const { image } = await augmented(one, { inceptionCrop }, randomStream('x'), { another: async () => one });
    expect([Math.min(...image.pixels), Math.max(...image.pixels)]).toEqual([18, 21]);
  });
});
