/**
 * Refusing to go on where training has left the numbers. The loss alone does not tell: a fused ReLU makes 0 of what is no
 * number, so that a network may compute on with most of its weights lost.
 */
import { Failure } from '#core/failure';

/** @param rate  how the config names the learning rate to lower */
export function requireFinite(figures: readonly number[], step: number, rate: string): void {
  const lost = figures.find((figure) => !Number.isFinite(figure));
  if (lost !== undefined) throw diverged(`a figure of the step is ${lost}`, step, rate);
}

/** The same of weights and optimizer slots by name. */
export function requireFiniteTensors(
  tensors: ReadonlyMap<string, { readonly values: Float32Array }>,
  step: number,
  rate: string,
): void {
  for (const [name, { values }] of tensors) {
    const lost = values.find((value) => !Number.isFinite(value));
    if (lost !== undefined) throw diverged(`${name} holds ${lost}`, step, rate);
  }
}

function diverged(what: string, step: number, rate: string): Failure {
  const message = `training diverged: ${what} at step ${step}`;
  return new Failure('config', message, `begin another run with a lower ${rate}, or with a longer warm-up`);
}
