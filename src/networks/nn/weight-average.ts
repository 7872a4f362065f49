/** Exponential moving average of weights, kept next to the weights that training moves. */
import { backend, dispose, floatT, run } from '#networks/tensor/backend';
import type { FlatVariable } from './flat-variable.js';

export interface AverageSpec {
  /** Share of the average that an update keeps, once it has warmed up. */
  readonly decay: number;
}

/**
 * Share of the average that update number `updates`, counted from 1, keeps: min(decay, (1 + t) / (10 + t)), the warm-up
 * of TensorFlow's `ExponentialMovingAverage`. Early on the average covers about the last ninth of the updates, so a
 * short training's average holds nothing of the initial weights, which 3,000 updates with a decay of 0.9999 would still
 * weight with 0.74. timm's ModelEmaV3 has a warm-up with two more parameters; this one needs none.
 */
export function keptShare({ decay }: AverageSpec, updates: number): number {
  return Math.min(decay, (1 + updates) / (10 + updates));
}

/** Moves the average towards the weights: a = a - (1 - kept) (a - w). */
export function moveAverage(average: FlatVariable, weights: FlatVariable, kept: number): void {
  const [old, now] = [average.read(), weights.read()];
  const difference = run('Sub', [floatT], old, now);
  dispose(old, now); // else the next op would copy the average
  const share = backend().create(Float32Array.of(1 - kept), []);
  backend().run('ResourceApplyGradientDescent', [floatT], [average.handle, share, difference], 0);
  dispose(share, difference);
}
