import { beforeAll, describe, expect, it } from 'vitest';
import { logitsWith } from '#networks/nn/frozen-network';
import { openBackend } from '#networks/tensor/backend';
import { checkExport, difference } from '#tasks/export/check-export';
import type { Exporter } from '#tasks/export/exporter';
import { onnx } from '#tasks/export/onnx/onnx';
import { failureOfAsync } from '#test/data/fixtures';
import { smallNetwork } from '#test/tasks/training/small-network';
import { randomExported, trial } from './random-exported.js';

beforeAll(() => void openBackend({ threads: 1 }));

const exported = () => randomExported(smallNetwork());
const images = trial(smallNetwork(), 2);

/** Makes a format whose logits are wrong by a factor. */
const off = (factor: number): Exporter => ({
  ...onnx,
  logits: async (_, { network, weights }) => {
    const logits = logitsWith(network, weights, images, 2).map((value) => value * factor);
    return { logits: [logits], runtime: 'a test' };
  },
});

describe('the check of an export', () => {
  it('gives the largest difference of two logits, and its share of the largest', () => {
    const [found, expected] = [Float32Array.of(1, -3.5, 0), Float32Array.of(1, -4, 0.25)];
    expect(difference(found, expected)).toEqual({ maxAbsolute: 0.5, maxRelative: 0.125 });
    expect(difference(Float32Array.of(Number.NaN), Float32Array.of(1)).maxRelative).toBeNaN();
  });

  it('tolerates rounding errors', async () => {
    const check = await checkExport('here', off(1 + 1e-6), exported(), images);
    expect(check).toMatchObject({ runtime: 'a test', images: 2 });
    expect(check.maxRelative).toBeLessThan(2e-6);
  });

  it.each([1.01, Number.NaN])('fails, as a bug, where the logits are %d times ours', async (factor) => {
    const check = checkExport('here', off(factor), exported(), images);
    await expect(check).rejects.toThrow(/^here: logits of 2 images by a test differ from ours by at most .*; expected/);
    await expect(check).rejects.not.toHaveProperty('kind');
  });

  it('refuses weights that give no finite logits', async () => {
    const { weights, ...rest } = exported();
    const bias = { shape: [3], values: new Float32Array(3).fill(Number.NaN) };
    const broken = { ...rest, weights: new Map([...weights, ['head.fc.bias', bias] as const]) };
    const failure = await failureOfAsync(() => checkExport('here', off(1), broken, images));
    expect(failure).toMatchObject({ kind: 'data', message: 'small: its weights give logits that are not finite' });
  });
});
