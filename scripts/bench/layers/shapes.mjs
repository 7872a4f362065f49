// Layers whose sizes do not fit tiles of 8 rows and 32 channels: fewer than 16 channels, odd multiples of 8, 5x5 depthwise
// kernels, strides of 2, maps of one pixel.

const pointwise = (images, side, inputs, out) => ({
  kind: 'pointwise',
  images,
  side,
  inputs,
  out,
  kernel: 1,
  stride: 1,
});
const depthwise = (images, side, channels, kernel, stride) => {
  return { kind: 'depthwise', images, side, inputs: channels, out: channels, kernel, stride };
};
const dense = (images, side, inputs, out, stride) => ({ kind: 'dense', images, side, inputs, out, kernel: 3, stride });

export const shapes = [
  pointwise(64, 32, 8, 32),
  pointwise(64, 32, 48, 8),
  pointwise(64, 32, 12, 40),
  pointwise(64, 32, 16, 24),
  pointwise(64, 16, 24, 72),
  pointwise(64, 16, 40, 120),
  pointwise(64, 8, 56, 168),
  pointwise(64, 8, 200, 40),
  pointwise(256, 1, 960, 1280),
  depthwise(64, 32, 8, 3, 1),
  depthwise(64, 32, 12, 5, 2),
  depthwise(64, 16, 24, 3, 1),
  depthwise(64, 16, 72, 3, 2),
  depthwise(64, 16, 72, 5, 1),
  depthwise(64, 16, 120, 5, 2),
  depthwise(64, 7, 200, 3, 1),
  depthwise(64, 4, 184, 5, 1),
  dense(64, 32, 3, 8, 1),
  dense(64, 32, 3, 24, 1),
  dense(64, 64, 3, 40, 2),
  dense(64, 16, 24, 40, 2),
  dense(64, 8, 56, 56, 1),
];

export function titleOf({ kind, images, side, inputs, out, kernel, stride }) {
  const channels = kind === 'depthwise' ? `${out}` : `${inputs} to ${out}`;
  return `${kind} ${kernel}x${kernel}, stride ${stride}, ${channels} channels, ${images} maps of ${side}x${side}`;
}
