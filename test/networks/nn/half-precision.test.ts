import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { needOf } from '#jobs/memory';
import { Model } from '#networks/nn/model';
import { networkForward, weightLayout } from '#networks/nn/network';
import { parseSpace } from '#networks/space/parse';
import { inputSize } from '#networks/space/resolution';
import { close } from '#networks/space/space';
import { dispose, openBackend, readFloats } from '#networks/tensor/backend';

openBackend({ threads: 2 });

/** Every kind of block. */
const network = (activation: string, more = '') =>
  close(
    parseSpace(
      'network.yaml',
      `name: all
input: { resolution: 24, channels: 3 }
classes: 10
activation: ${activation}
${more}
stages:
  - out: 24
    blocks:
      - { kind: conv, kernel: 3, stride: 2 }
      - { kind: fusedIb, kernel: 3, expand: 2 }
  - out: 48
    blocks:
      - { kind: uib, startKernel: 5, midKernel: 3, stride: 2, expand: 4 }
      - { kind: uib, startKernel: 3, midKernel: 5, expand: 4 }
      - { kind: mqa, heads: 2, keyDim: 16, kvStride: 2 }
      - { kind: mha, heads: 2, keyDim: 16 }
      - { kind: dwSep, kernel: 7 }
      - { kind: invertedResidual, kernel: 5, expand: 3, squeeze: true, activation: hardSwish }
head: { conv: 128, hidden: 64 }
`,
    ),
    [],
  );

describe.each([
  ['relu', network('relu')],
  ['gelu with layer scale', network('gelu', 'layerScale: true')],
  ['relu6 with symmetric padding', network('relu6', 'padding: symmetric')],
])('a network of every kind of block, %s, with half activations', (_, architecture) => {
  const forward = networkForward(architecture);
  const model = new Model(architecture, weightLayout(architecture, forward), 'seed');
  const random = randomStream('images');
  const n = 32;
  const images = Uint8Array.from({ length: n * inputSize(architecture.input) }, () => random.below(256));
  const soft = Float32Array.from({ length: n * 10 }, (_, i) => Number(i % 10 === Math.floor(i / 10) % 10));
  const step = (precision: 'full' | 'half-activations') => {
    const { loss, gradient } = model.gradient(forward, { n, images, soft }, { precision, decay: 1e-5 });
    const values = readFloats(gradient);
    dispose(gradient);
    return { loss, values };
  };

  it('has the loss of full precision within a hundredth, and a gradient of its direction', () => {
    const [full, half] = [step('full'), step('half-activations')];
    expect(Math.abs(half.loss / full.loss - 1)).toBeLessThan(1e-2);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
    const sizes = Math.sqrt(dot(full.values, full.values) * dot(half.values, half.values));
    expect(dot(full.values, half.values) / sizes).toBeGreaterThan(0.98);
  });

  it('needs less memory where its maps stay with our kernels, else about the same', () => {
    const bytes = (precision: 'full' | 'half-activations') => needOf(model, forward, 64, precision).step;
    expect(bytes('half-activations')).toBeLessThan((architecture.activation === 'relu' ? 0.85 : 1.15) * bytes('full'));
  });

  it('has logits near those of full precision', () => {
    const logits = model.logits(forward, { n, images });
    const half = model.logits(forward, { n, images }, undefined, 'half-activations');
    const largest = Math.max(...logits.map(Math.abs));
    expect(Math.max(...logits.map((value, i) => Math.abs(value - (half[i] as number)))) / largest).toBeLessThan(0.1);
  });
});
