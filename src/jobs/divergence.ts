/**
 * Stops a training that has diverged. A finite loss is no proof: a fused ReLU maps NaN to 0, so a network can keep
 * computing with most of its weights lost.
 */
import { Failure } from '#core/failure';

/**
 * Throws a config failure if a figure is NaN or infinite.
 *
 * @param rate  the config's name of the learning rate to lower
 */
export function requireFinite(figures: readonly number[], step: number, rate: string): void {
  const lost = figures.find((figure) => !Number.isFinite(figure));
  if (lost !== undefined) throw diverged(`a figure of the step is ${lost}`, step, rate);
}

/** Throws a config failure if one of the named weights or optimizer slots holds NaN or infinity. */
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
