/** The page's input of a network: that of the evaluation, bit for bit, after decoding, which is the browser's. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { decodedImage, storedPicture } from '#data/images/decode/decode';
import { centralRectangle } from '#data/images/fit';
import { preprocessed, preprocessingFor } from '#networks/nn/preprocessing';
import { grey, normalised, type Preprocessing, viewOf } from '#tasks/export/web/page/picture';

/** A picture of noise, as the bytes of a PNG. */
function noise(width: number, height: number): Promise<Buffer> {
  const random = randomStream(`noise/${width}x${height}`);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => random.below(256));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const how = (height: number, width: number, more: Partial<Preprocessing> = {}): Preprocessing => ({
  shape: ['batch', height, width, 3],
  ...half,
  ...more,
});

describe('the view of a picture', () => {
  it.each([
    [[90, 70], [32, 32], 0.875],
    [[90, 70], [24, 40], 1],
    [[20, 30], [32, 32], 0.875],
    [[41, 200], [48, 48], 0.5],
  ] as const)(
    "of %j for a network of %j and a central crop of %d is the evaluation's",
    async ([w, h], [height, width], centralCrop) => {
      const bytes = await noise(w, h);
      const fit = { height, width, centralCrop };
      const stored = storedPicture(bytes, 'noise');
      const expected = await stored.view(centralRectangle(stored, fit), fit);
      expect(viewOf(await decodedImage(bytes, 'noise'), how(height, width, { resize: { centralCrop } }))).toEqual(
        expected,
      );
    },
  );

  it("of a picture of the network's size is the picture, if the evaluation does not resize", async () => {
    const image = await decodedImage(await noise(17, 12), 'noise');
    expect(viewOf(image, how(12, 17))).toEqual(image);
  });

  it('is grey for a network of one channel', () => {
    const pixels = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 7, 7, 7, 0, 0, 0);
    const image = { height: 2, width: 3, channels: 3, pixels };
    expect([...grey(image).pixels]).toEqual([255, 76, 150, 29, 7, 0]); // ITU-R 601: 0.299, 0.587, 0.114
    expect(viewOf(image, { ...how(2, 3), shape: ['batch', 2, 3, 1] })).toEqual(grey(image));
  });
});

it('normalises pixels as the program does, bit for bit', () => {
  const input = { resolution: 16, channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
  const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => i % 256);
  const preprocessing = preprocessingFor('NHWC', input);
  const image = { height: 16, width: 16, channels: 3, pixels };
  expect(normalised(image, how(16, 16, preprocessing))).toEqual(preprocessed(pixels, [1, 16, 16, 3], preprocessing));
});
