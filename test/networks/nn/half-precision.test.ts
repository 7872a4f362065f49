import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { randomStream } from '#core/random';
import { needOf } from '#jobs/memory';
import { Model } from '#networks/nn/model';
import { networkForward, weightLayout } from '#networks/nn/network';
import { parseSpace } from '#networks/space/parse';
import { inputSize } from '#networks/space/resolution';
import { close } from '#networks/space/space';
import { dispose, openBackend, readFloats } from '#networks/tensor/backend';
import { everyBlock } from './every-block.js';

openBackend({ threads: 2 });

/** Without the blocks that make it deeper but are of no new kind, since a rounding grows from block to block. */
const shallow = (text: string) =>
  text
    .split('\n')
    .filter((line) => !/kind: conv, kernel: 5|kind: invertedResidual, kernel: 3/.test(line))
    .join('\n');

describe.each([
  ['relu', everyBlock('relu', 24)],
  ['gelu with layer scale', everyBlock('gelu', 24, 'layerScale: true')],
  ['relu6 with symmetric padding', everyBlock('relu6', 24, 'padding: symmetric')],
])('a network of every kind of block, %s, with half activations', (_, text) => {
  const architecture = close(parseSpace('network.yaml', shallow(text)), []);
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

it('half activations are refused in a process without our kernels; auto is full there', () => {
  const script = fileURLToPath(new URL('repeated-step.mjs', import.meta.url));
  const request = { threads: 1, batch: 2, repeats: 1, networks: [everyBlock('relu', 24)] };
  const env = { ...process.env, MNV4_KERNELS: 'tensorflow' };
  const steps = ['half-activations', 'auto', 'full'].map((precision) =>
    spawnSync(process.execPath, [script, JSON.stringify({ ...request, precision })], { env, encoding: 'utf8' }),
  );
  expect(steps.map(({ status }) => status === 0)).toEqual([false, true, true]);
  expect(steps[0]?.stderr).toContain("precision half-activations needs this program's own kernels");
  expect(steps[1]?.stdout).toBe(steps[2]?.stdout);
});
