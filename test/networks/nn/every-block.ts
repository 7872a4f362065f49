/** The text of a network with every kind of block, kernels and channels that are ours and some that are TensorFlow's. */
export const everyBlock = (activation: string, width: number, more = '') => `name: all
input: { resolution: 24, channels: 3 }
classes: 10
activation: ${activation}
${more}
stages:
  - out: ${width}
    blocks:
      - { kind: conv, kernel: 3, stride: 2 }
      - { kind: conv, kernel: 5 }
      - { kind: fusedIb, kernel: 3, expand: 2 }
  - out: ${2 * width}
    blocks:
      - { kind: uib, startKernel: 5, midKernel: 3, stride: 2, expand: 4 }
      - { kind: uib, startKernel: 3, midKernel: 5, expand: 4 }
      - { kind: mqa, heads: 2, keyDim: 16, kvStride: 2 }
      - { kind: mha, heads: 2, keyDim: 16 }
      - { kind: dwSep, kernel: 7 }
      - { kind: invertedResidual, kernel: 5, expand: 3, squeeze: true, activation: hardSwish }
      - { kind: invertedResidual, kernel: 3, stride: 2, expand: 4 }
head: { conv: 128, hidden: 64 }
`;
