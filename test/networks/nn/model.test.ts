import { afterAll, describe, expect, it } from 'vitest';
import { disposeStatistics, type GradientOptions, type Images } from '#networks/nn/model';
import { type Forward, networkForward } from '#networks/nn/network';
import { isDecayed } from '#networks/nn/weight-layout';
import { inputSize } from '#networks/space/resolution';
import { backend, dispose, readFloats } from '#networks/tensor/backend';
import { expectClose } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';
import { byName, network, randomBatch, randomModel, taken } from './fixtures.js';

const tiny = network(`
stages:
  - blocks: [{ kind: conv, kernel: 3, stride: 2, out: 8 }, { kind: uib, startKernel: 0, midKernel: 3, stride: 2, expand: 2, out: 16 }]
head: { conv: 24, hidden: 16 }`);
const forward = networkForward(tiny);
const model = randomModel(tiny, forward);
const batch = randomBatch(tiny, 6);
afterAll(() => model.dispose());

/** What `body` leaves alive, once a first run has made the constants that stay. */
function leftAlive(body: () => void): number {
  body();
  const before = backend().tensorsAlive();
  body();
  return backend().tensorsAlive() - before;
}

function slice({ images }: Images, from: number, to: number): Images {
  const bytes = inputSize(tiny.input);
  return { n: to - from, images: images.subarray(from * bytes, to * bytes) };
}

describe('a model', () => {
  it('sees pixels from -1 to 1', () => {
    const images = Uint8Array.from({ length: 128 }, (_, i) => 2 * i);
    const pixels = model.logits((_, x) => x, { n: 1, images });
    expectClose(
      pixels,
      Float32Array.from(images, (byte) => byte / 127.5 - 1),
      1e-6,
    );
  });

  it('gives the softmax of its logits as probabilities', () => {
    const logits = tf.tensor2d(model.logits(forward, batch), [6, 4]);
    expectClose(model.probabilities(forward, batch), logits.softmax().dataSync() as Float32Array, 1e-6);
  });

  it('leaves nothing alive after logits, probabilities, a gradient or statistics', async () => {
    const dropout = { rate: 0.3, seed: [1, 2] } as const;
    expect(leftAlive(() => model.logits(forward, batch))).toBe(0);
    expect(leftAlive(() => model.probabilities(forward, batch))).toBe(0);
    expect(leftAlive(() => dispose(model.gradient(forward, batch, { decay: 0.1, dropout }).gradient))).toBe(0);
    const before = backend().tensorsAlive();
    disposeStatistics(await model.estimateStatistics(forward, [batch, batch]));
    expect(backend().tensorsAlive()).toBe(before);
    const statistics = await model.estimateStatistics(forward, [batch]);
    expect(leftAlive(() => model.logits(forward, batch, statistics))).toBe(0);
    disposeStatistics(statistics);
  });

  it('leaves nothing alive after a forward pass that throws', async () => {
    const failing: Forward = (pass, images) => {
      forward(pass, images);
      throw new Error('on purpose');
    };
    expect(leftAlive(() => expect(() => model.gradient(failing, batch)).toThrow('on purpose'))).toBe(0);
    expect(leftAlive(() => expect(() => model.logits(failing, batch)).toThrow('on purpose'))).toBe(0);
    const before = backend().tensorsAlive();
    await expect(model.estimateStatistics(failing, [batch])).rejects.toThrow('on purpose');
    expect(backend().tensorsAlive()).toBe(before);
  });

  it('frees all of its weights', () => {
    expect(leftAlive(() => randomModel(tiny, forward).dispose())).toBe(0);
  });
});

describe('the gradient', () => {
  const gradientOf = (options?: GradientOptions) => {
    const { loss, gradient } = model.gradient(forward, batch, options);
    return { loss, gradient: taken(gradient, dispose) };
  };

  it('of L2 is decay times each kernel, nothing for BN and biases; the loss stays the cross-entropy', () => {
    const [plain, decayed] = [gradientOf(), gradientOf({ decay: 0.5 })];
    expect(decayed.loss).toBe(plain.loss);
    const weights = byName(model.layout, model.weights.values());
    const pull = byName(
      model.layout,
      decayed.gradient.map((value, i) => value - plain.gradient[i]!),
    );
    for (const spec of model.layout.specs.values()) {
      const factor = isDecayed(spec) ? 0.5 : 0;
      expectClose(
        pull.get(spec.name)!,
        weights.get(spec.name)!.map((weight) => factor * weight),
        1e-6,
      );
    }
  });

  it('with dropout depends on its seed alone', () => {
    const dropped = (a: number, b: number) => gradientOf({ dropout: { rate: 0.5, seed: [a, b] } });
    expect(dropped(1, 2)).toEqual(dropped(1, 2));
    expect(dropped(1, 3).loss).not.toBe(dropped(1, 2).loss);
    expect(gradientOf().loss).not.toBe(dropped(1, 2).loss);
  });
});

describe('dropout', () => {
  it('keeps a share of 1 - rate, scales it by 1 / (1 - rate) and so keeps the mean', () => {
    const many = randomBatch(tiny, 200);
    let pixels = new Float32Array();
    let dropped = new Float32Array();
    const peeking: Forward = (pass, images) => {
      pixels = readFloats(images.tensor) as Float32Array<ArrayBuffer>;
      dropped = readFloats(pass.dropout(images).tensor) as Float32Array<ArrayBuffer>;
      return forward(pass, images);
    };
    dispose(model.gradient(peeking, many, { dropout: { rate: 0.2, seed: [3, 4] } }).gradient);
    const kept = dropped.filter((value) => value !== 0).length / dropped.length;
    expect(Math.abs(kept - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / dropped.length));
    const ratios = dropped.map((value, i) => value / pixels[i]!).filter((ratio) => ratio !== 0);
    expect(Math.max(...ratios.map((ratio) => Math.abs(ratio - 1.25)))).toBeLessThan(1e-6);
  });

  it('is absent where no gradient is wanted', () => {
    const peeking: Forward = (pass, images) => {
      expect(pass.dropout(images)).toBe(images);
      return forward(pass, images);
    };
    model.logits(peeking, batch);
  });
});

describe('stochastic depth', () => {
  const many = randomBatch(tiny, 400);
  /** What is left of a tensor of ones for each image, by the depth of two blocks. */
  const kept = (rate: number, depths: readonly number[]): number[][] => {
    const seen: number[][] = [];
    const peeking: Forward = (pass, images) => {
      const size = images.tensor.shape.slice(1).reduce((n, extent) => n * extent, 1);
      for (const depth of depths) {
        const [values, given] = [pass.residual(images, depth), images].map(({ tensor }) => readFloats(tensor));
        const ratios = values!.map((value, i) => value / given![i]!);
        const perImage = Array.from({ length: many.n }, (_, n) => ratios.slice(n * size, (n + 1) * size));
        for (const one of perImage) expect(Math.max(...one) - Math.min(...one)).toBeLessThan(1e-5);
        seen.push(perImage.map(([first]) => first!));
      }
      return forward(pass, images);
    };
    dispose(model.gradient(peeking, many, { stochasticDepth: { rate, seed: [3, 4] } }).gradient);
    return seen;
  };

  it('leaves out whole images, in proportion to the depth, and scales the others so that the mean stays', () => {
    const [half, last, again] = kept(0.4, [0.5, 1, 1]) as [number[], number[], number[]];
    for (const [ratios, rate] of [
      [half, 0.2],
      [last, 0.4],
    ] as const) {
      const left = ratios.filter((ratio) => ratio !== 0);
      expect(Math.abs(left.length / many.n - (1 - rate))).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / many.n));
      for (const ratio of left) expect(ratio).toBeCloseTo(1 / (1 - rate), 5);
    }
    expect(again).not.toEqual(last); // each block draws by itself
  });

  it('keeps everything at a depth of 0', () => {
    expect(kept(0.4, [0])[0]!.every((ratio) => ratio === 1)).toBe(true);
  });
});

describe('frozen statistics', () => {
  /** n of each batch norm, [B, H, W] together: 4x4 after the stem, 2x2 after the block, one pixel behind the pooling. */
  const pixels = (name: string) => {
    if (name.startsWith('head.hidden')) return 6;
    return name.includes('blocks.1.mid') || name.includes('blocks.1.project') || name === 'head.conv.bn'
      ? 6 * 4
      : 6 * 16;
  };

  it("estimated on one batch give that batch's logits once their variances are taken back from n / (n - 1) to the batch's own", async () => {
    const statistics = await model.estimateStatistics(forward, [batch]);
    expect([...statistics.keys()]).toHaveLength(6);
    const biased = new Map(
      [...statistics].map(([name, { mean, variance }]) => {
        const n = pixels(name);
        const values = readFloats(variance).map((value) => (value * (n - 1)) / n);
        return [name, { mean, variance: backend().create(values, [values.length]) }];
      }),
    );
    const ofBatch = model.logits(forward, batch);
    expectClose(model.logits(forward, batch, biased), ofBatch, 1e-5);
    const unbiased = model.logits(forward, batch, statistics);
    expect(Math.max(...unbiased.map((value, i) => Math.abs(value - ofBatch[i]!)))).toBeGreaterThan(1e-3);
    for (const { variance } of biased.values()) dispose(variance);
    disposeStatistics(statistics);
  });

  it('of the first batch norm are the same for all images at once and for small, unequal batches of them', async () => {
    const estimate = async (batches: Images[]) => {
      const statistics = await model.estimateStatistics(forward, batches);
      const { mean, variance } = statistics.get('stages.0.blocks.0.conv3.bn')!;
      const read = [readFloats(mean), readFloats(variance)];
      disposeStatistics(statistics);
      return read;
    };
    const whole = await estimate([batch]);
    const parts = await estimate([slice(batch, 0, 1), slice(batch, 1, 2), slice(batch, 2, 6)]);
    for (const [i, found] of parts.entries()) expectClose(found, whole[i]!, 1e-5);
  });

  it('make the logits of an image independent of the batch that it comes in', async () => {
    const statistics = await model.estimateStatistics(forward, [batch]);
    const together = model.logits(forward, batch, statistics);
    const alone = model.logits(forward, slice(batch, 2, 3), statistics);
    expectClose(alone, together.subarray(8, 12), 1e-5);
    expect(model.logits(forward, slice(batch, 2, 4))).not.toEqual(model.logits(forward, batch).subarray(8, 16));
    disposeStatistics(statistics);
  });

  it('must know every layer', () => {
    expect(() => model.logits(forward, batch, new Map())).toThrow(
      'no statistics were estimated for stages.0.blocks.0.conv3.bn',
    );
  });
});
