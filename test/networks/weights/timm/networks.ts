/** Networks for the tests of `timm/`, and tensors that tell their places apart. */
import type { NamedTensor } from '#data/files/safetensors';
import { parseSpace } from '#networks/space/parse';
import { type Architecture, close } from '#networks/space/space';
import { weightMap } from '#networks/weights/timm/weight-map';

/** A closed network of 12 classes on 3 channels from its stages and head in YAML, and more of its frame. */
export function network(stagesAndHead: string, frame = ''): Architecture {
  const head = 'input: { resolution: 32, channels: 3 }\nclasses: 12\nactivation: relu';
  return close(parseSpace('test.yaml', `name: test\n${head}\n${frame}\n${stagesAndHead}`), []);
}

/** One network with every kind of block that timm has. */
export const everyKind = network(
  `
stages:
  - blocks:
      - { kind: conv, kernel: 3, stride: 2, out: 16 }
  - blocks:
      - { kind: fusedIb, kernel: 3, stride: 2, expand: 4, out: 24 }
      - { kind: uib, startKernel: 5, midKernel: 3, stride: 2, expand: 2, out: 32 }
      - { kind: uib, startKernel: 0, midKernel: 5, expand: 2, out: 32 }
      - { kind: mqa, heads: 2, keyDim: 8, kvStride: 2, out: 32 }
      - { kind: mha, heads: 4, keyDim: 8, out: 32 }
  - blocks:
      - { kind: dwSep, kernel: 3, stride: 2, out: 40 }
      - { kind: invertedResidual, kernel: 5, expand: 2.5, squeeze: true, activation: hardSwish, out: 40 }
      - { kind: invertedResidual, kernel: 3, expand: 1, out: 48 }
head: { conv: 64, hidden: 80, hiddenNorm: false }`,
  'layerScale: true',
);

/** Numbers 0, 1, 2… for every tensor of timm's, all different over the whole network. */
export function numbered(architecture: Architecture): Map<string, NamedTensor> {
  let next = 0;
  return new Map(
    weightMap(architecture).map(({ timm, shape }) => {
      const values = Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, () => next++);
      return [timm, { shape, values }];
    }),
  );
}
