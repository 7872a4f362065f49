/** Operations that map each level of a channel to another, as tables of 256 levels; their arithmetic is Pillow's. */
import type { Image } from '#data/images/image-source';

/** The image with every level replaced by its entry in the table. */
export function mapped({ height, width, channels, pixels }: Image, table: Uint8Array): Image {
  const out = new Uint8Array(pixels.length);
  for (let i = 0; i < out.length; i++) out[i] = table[pixels[i] as number] as number;
  return { height, width, channels, pixels: out };
}

/** The table of a function of the level, whose values are cut to whole numbers from 0 to 255. */
export function levelTable(levelOf: (level: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, level) => Math.min(255, Math.max(0, Math.trunc(levelOf(level)))));
}

/** Inverts the levels from `threshold` upwards. */
export function solarized(image: Image, threshold: number): Image {
  return mapped(
    image,
    levelTable((level) => (level < threshold ? level : 255 - level)),
  );
}

/** Keeps the highest `bits` bits of each level, 1 to 8. */
export function posterized(image: Image, bits: number): Image {
  const mask = 256 - 2 ** (8 - bits);
  return mapped(
    image,
    levelTable((level) => level & mask),
  );
}

/** Stretches each channel so that its darkest level becomes 0 and its brightest 255; a flat channel is unchanged. */
export function autoContrasted(image: Image): Image {
  return channelwise(image, (counts) => {
    const lowest = counts.findIndex((count) => count > 0);
    const highest = counts.findLastIndex((count) => count > 0);
    if (highest <= lowest) return levelTable((level) => level);
    const scale = 255 / (highest - lowest);
    const offset = -lowest * scale;
    return levelTable((level) => level * scale + offset);
  });
}

/**
 * Spreads the levels of each channel so that their histogram becomes as flat as whole levels allow; a channel is
 * unchanged if all pixels but those of its brightest level number fewer than 255.
 */
export function equalized(image: Image): Image {
  return channelwise(image, (counts) => {
    const brightest = counts.findLast((count) => count > 0) ?? 0;
    const step = Math.floor((image.height * image.width - brightest) / 255);
    if (step === 0) return levelTable((level) => level);
    let below = Math.floor(step / 2);
    return levelTable((level) => {
      const reached = below / step;
      below += counts[level] as number;
      return reached;
    });
  });
}

/** Maps each channel by a table that is made from its histogram of 256 counts. */
function channelwise(image: Image, tableOf: (counts: Uint32Array) => Uint8Array): Image {
  const { height, width, channels, pixels } = image;
  const out = new Uint8Array(pixels.length);
  for (let c = 0; c < channels; c++) {
    const counts = new Uint32Array(256);
    for (let i = c; i < pixels.length; i += channels) {
      const level = pixels[i] as number;
      counts[level] = (counts[level] as number) + 1;
    }
    const table = tableOf(counts);
    for (let i = c; i < pixels.length; i += channels) out[i] = table[pixels[i] as number] as number;
  }
  return { height, width, channels, pixels: out };
}
