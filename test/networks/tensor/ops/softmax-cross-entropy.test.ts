import { describe, expect, it } from 'vitest';
import { backend, dispose, readFloats } from '#networks/tensor/backend';
import { softmax, softmaxCrossEntropy } from '#networks/tensor/ops/softmax-cross-entropy';
import { create, expectClose, type Input, normals } from '#test/networks/tensor/op-check';
import { tf } from '#test/networks/tensor/tfjs';

const logits = normals('logits', 4, 5);
const targets = {
  shape: [4, 5],
  values: tf.softmax(tf.tensor(normals('targets', 4, 5).values, [4, 5])).dataSync() as Float32Array,
};

function lossOf(logits: Input, targets: Input) {
  const tensors = [create(logits), create(targets)] as const;
  const { perImage, gradient } = softmaxCrossEntropy(...tensors);
  const read = { perImage: readFloats(perImage), gradient: readFloats(gradient) };
  dispose(...tensors, perImage, gradient);
  return read;
}

describe('softmax cross-entropy', () => {
  it('is ln K for equal logits, whatever the targets', () => {
    const { perImage } = lossOf({ shape: [4, 5], values: new Float32Array(20) }, targets);
    for (const loss of perImage) expect(loss).toBeCloseTo(Math.log(5), 6);
  });

  it('has the value and the gradient of the mean over the batch of TensorFlow.js, on soft targets', () => {
    const mean = (x: tf.Tensor) => tf.losses.softmaxCrossEntropy(tf.tensor(targets.values, [4, 5]), x).asScalar();
    const x = tf.tensor(logits.values, [4, 5]);
    const { perImage, gradient } = lossOf(logits, targets);
    expectClose(Float32Array.of(perImage.reduce((sum, loss) => sum + loss, 0) / 4), mean(x).dataSync() as Float32Array);
    expectClose(gradient, tf.grad(mean)(x).dataSync() as Float32Array);
  });

  it('has a gradient that sums to nothing over the classes, and leaves nothing alive', () => {
    const before = backend().tensorsAlive();
    const { gradient } = lossOf(logits, targets);
    for (const row of [0, 1, 2, 3]) {
      expect(gradient.subarray(5 * row, 5 * row + 5).reduce((sum, d) => sum + d, 0)).toBeCloseTo(0, 6);
    }
    expect(backend().tensorsAlive()).toBe(before);
  });

  it('stays finite for logits of thousands', () => {
    const extreme = { shape: [1, 2], values: Float32Array.of(5000, -5000) };
    const { perImage } = lossOf(extreme, { shape: [1, 2], values: Float32Array.of(0, 1) });
    expect(perImage[0]).toBeCloseTo(10_000, 0);
  });
});

describe('softmax', () => {
  it('is that of TensorFlow.js', () => {
    const x = create(logits);
    const y = softmax(x);
    expectClose(readFloats(y), tf.softmax(tf.tensor(logits.values, [4, 5])).dataSync() as Float32Array);
    dispose(x, y);
  });
});
