/** Rotation and shear: nearest neighbour, pixels from outside the image are 0. The arithmetic is Pillow's. */
import type { Image } from '#data/images/image-source';

/** Maps the centre of an output pixel (x, y) to the input's `a x + b y + c`, `d x + e y + f`. */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** The image turned counter-clockwise about its centre. */
export function rotated(image: Image, degrees: number): Image {
  const angle = (-(((degrees % 360) + 360) % 360) * Math.PI) / 180;
  const [cos, sin] = [rounded(Math.cos(angle)), rounded(Math.sin(angle))];
  const [x, y] = [image.width / 2, image.height / 2];
  return transformed(image, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y]);
}

/** To 15 decimals, so that a quarter turn has no remainder. */
function rounded(value: number): number {
  return Number(value.toFixed(15));
}

/** The image with each row moved left by `factor` times its distance from the top. */
export function shearedX(image: Image, factor: number): Image {
  return transformed(image, [1, factor, 0, 0, 1, 0]);
}

/** The image with each column moved up by `factor` times its distance from the left edge. */
export function shearedY(image: Image, factor: number): Image {
  return transformed(image, [1, 0, 0, factor, 1, 0]);
}

function transformed(image: Image, [a, b, c, d, e, f]: Affine): Image {
  const { height: H, width: W, channels: C, pixels } = image;
  const out = new Uint8Array(pixels.length);
  const [stepX, stepY] = [fixed(a), fixed(d)];
  const [nextX, nextY] = [fixed(b), fixed(e)];
  let [rowX, rowY] = [fixed(c + a * 0.5 + b * 0.5), fixed(f + d * 0.5 + e * 0.5)];
  let at = 0;
  for (let row = 0; row < H; row++) {
    let [x, y] = [rowX, rowY];
    for (let column = 0; column < W; column++) {
      if (x >= 0 && x < W && y >= 0 && y < H) {
        const from = ((y | 0) * W + (x | 0)) * C;
        for (let channel = 0; channel < C; channel++) out[at + channel] = pixels[from + channel] as number;
      }
      at += C;
      x += stepX;
      y += stepY;
    }
    rowX += nextX;
    rowY += nextY;
  }
  return { height: H, width: W, channels: C, pixels: out };
}

/** To a multiple of 2^-16, so that sums of steps are exact. */
function fixed(value: number): number {
  return Math.floor(value * 65536 + 0.5) / 65536;
}
