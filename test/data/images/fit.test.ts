import { expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { augmented } from '#data/images/augment/augment';
import { centralRectangle, plainView } from '#data/images/fit';
import type { Size } from '#data/images/image-source';
import { storedPixels } from '#data/images/in-memory';

const fit = { height: 4, width: 4, centralCrop: 1 };

/** An image whose pixels have the value of their column. */
function ramp({ height, width }: Size) {
  const pixels = Uint8Array.from({ length: height * width }, (_, i) => i % width);
  return storedPixels({ height, width, channels: 1, pixels });
}

it('evaluation sees the central 224 of 256 pixels of the shorter side', () => {
  const imagenet = { height: 224, width: 224, centralCrop: 0.875 };
  expect(centralRectangle({ height: 256, width: 512 }, imagenet)).toEqual({
    top: 16,
    left: 144,
    height: 224,
    width: 224,
  });
});

it('the central rectangle has the aspect of the fit', () => {
  const wide = { height: 10, width: 20, centralCrop: 0.5 };
  expect(centralRectangle({ height: 100, width: 100 }, wide)).toEqual({ top: 37.5, left: 25, height: 25, width: 50 });
});

it('an image of the size of the fit stays as it is', async () => {
  const image = ramp(fit);
  expect(await plainView(image, fit)).toEqual(await image.whole());
});

it('a larger image loses its edges', async () => {
  const { pixels } = await plainView(ramp({ height: 4, width: 8 }), fit);
  expect([...pixels.subarray(0, 4)]).toEqual([2, 3, 4, 5]);
});

it('images of any size are augmented to the size of the fit', async () => {
  const augmentation = {
    inceptionCrop: { area: [0.08, 1], aspect: [0.75, 4 / 3] },
    shift: 1,
    flip: true,
    mixup: { alpha: 1 },
    erase: { probability: 1, area: [0.1, 0.3] },
  } as const;
  const other = { image: ramp({ height: 30, width: 11 }), label: 1 };
  for (let seed = 0; seed < 20; seed++) {
    const one = { image: ramp({ height: 9, width: 17 }), label: 0 };
    const context = { another: async () => other, fit };
    const { image } = await augmented(one, augmentation, randomStream(`${seed}`), context);
    expect([image.height, image.width, image.pixels.length]).toEqual([4, 4, 16]);
  }
});
