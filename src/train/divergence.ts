import { Failure } from '../core/failure.js';

/**
 * Refuses to go on where a step's loss, or another figure of it, is no number any more: everything learned is lost.
 *
 * @param rate  how the config names the learning rate to lower
 */
export function requireFinite(figures: readonly number[], step: number, rate: string): void {
  const lost = figures.find((figure) => !Number.isFinite(figure));
  if (lost === undefined) return;
  const message = `expected numbers to learn from; got ${lost} at step ${step}: the training diverged`;
  throw new Failure('config', message, `begin another run with a lower ${rate}, or with a longer warm-up`);
}
