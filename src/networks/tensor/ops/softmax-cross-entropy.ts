/** Softmax cross-entropy: the loss and its gradient from one kernel. */
import { dispose, floatConstant, floatT, run, runAll, type Tensor } from '#networks/tensor/backend';

const plain = [floatT];

/** The losses of a batch and their gradient. */
export interface Loss {
  /** Cross-entropy of each image in nats, [B]. */
  readonly perImage: Tensor;
  /** Gradient of the mean loss with respect to the logits, [B, K]. */
  readonly gradient: Tensor;
}

/**
 * Softmax cross-entropy against class probabilities; the caller owns both results.
 *
 * @param logits   [B, K]
 * @param targets  [B, K], each row a distribution
 */
export function softmaxCrossEntropy(logits: Tensor, targets: Tensor): Loss {
  const [perImage, difference] = runAll('SoftmaxCrossEntropyWithLogits', plain, [logits, targets], 2);
  const gradient = run('Mul', plain, difference, floatConstant(1 / (logits.shape[0] as number)));
  dispose(difference);
  return { perImage, gradient };
}

/** Class probabilities, [B, K]; the caller owns them. */
export function softmax(logits: Tensor): Tensor {
  return run('Softmax', plain, logits);
}
