// The points of the scale benchmark: a CIFAR-sized space, varied in one size at a time.
import { parseSpace } from '#networks/space/parse';

/** Sizes of a point, except on its axis. */
const base = { batch: 128, width: 1, depth: 2, resolution: 32, options: 3, kernels: 1, workers: 1 };

/** Values of each axis, the base's among them. */
export const axes = {
  batch: { title: 'images of a sample', values: [32, 64, 128, 256] },
  width: { title: 'widths, relative', values: [1, 1.5, 2] },
  depth: { title: 'blocks per stage', values: [1, 2, 4] },
  resolution: { title: 'pixels along a side', values: [16, 32, 64] },
  options: { title: 'widths to choose from', values: [1, 3, 9] },
  kernels: { title: 'kernel sizes, all on', values: [1, 2] },
  workers: { title: 'workers, a sample each', values: [1, 2] },
};

/** All points of the axes, each with its axis and value; the base is on every axis. */
export function points(names) {
  return names.flatMap((axis) => axes[axis].values.map((value) => ({ axis, value, ...base, [axis]: value })));
}

/** The space of a point: a stem, three stages that halve the sides, and a head. */
export function spaceOf({ width, depth, resolution, options, kernels }) {
  const even = (channels) => 2 * Math.round((channels * width) / 2);
  const widths = (largest) => {
    const spread = Array.from({ length: options }, (_, i) => even(largest * (1 - i / 16)));
    return options === 1 ? spread[0] : `[${spread.join(', ')}]`;
  };
  const kernel = kernels === 1 ? 3 : '[3, 5]';
  const block = (stride) => `      - { kind: uib, startKernel: 0, midKernel: ${kernel}, stride: ${stride}, expand: 4 }`;
  const stages = [32, 64, 128].map((largest) =>
    [`  - out: ${widths(largest)}`, '    blocks:', block(2), ...Array(depth - 1).fill(block(1))].join('\n'),
  );
  const text = `name: scale
input: { resolution: ${resolution}, channels: 3 }
classes: 10
activation: relu
stages:
  - blocks:
      - { kind: conv, kernel: 3, out: ${even(16)} }
${stages.join('\n')}
head: { conv: ${even(256)}, hidden: 0 }
`;
  return parseSpace('scale.yaml', text);
}
