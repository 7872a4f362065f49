/** Checks that a step fits into memory before the job tries it. */
import { Failure } from '#core/failure';
import { inGib } from '#core/gibibytes';
import { usableMemory } from '#core/machine/usable-memory';
import type { LabelledImages, Model } from '#networks/nn/model';
import type { Forward } from '#networks/nn/network';
import { inputSize } from '#networks/space/resolution';
import { dispose } from '#networks/tensor/backend';
import { peakBytes } from '#networks/tensor/peak-memory';
import type { PrecisionSetting } from '#networks/tensor/precision';

/** The step of a job that needs the most memory. */
export interface LargestStep {
  readonly forward: Forward;
  readonly precision?: PrecisionSetting | undefined;
  /** Images in one pass. */
  readonly images: number;
  /** The batch size that the config states. */
  readonly batch: number;
  /** The dotted key of that batch size in the config. */
  readonly setting: string;
}

/** Memory of a worker in bytes: taken before its first step, and added by a step of the batch. */
export interface Need {
  readonly taken: number;
  readonly step: number;
}

/** Resident bytes over tensor bytes: TensorFlow's allocator rounds sizes up and leaves gaps (measured: 0.9 to 1.1). */
const gaps = 1.1;

/** The memory that a training step of `forward`, the job's largest, needs with `batch` images. */
export function needOf(model: Model, forward: Forward, batch: number, precision?: PrecisionSetting): Need {
  const step =
    gaps * peakBytes(batch, (n) => dispose(model.gradient(forward, blank(model, n), { precision }).gradient));
  return { taken: process.memoryUsage().rss, step };
}

function blank({ frame: { input, classes } }: Model, n: number): LabelledImages {
  const images = new Uint8Array(n * inputSize(input));
  return { n, images, soft: new Float32Array(n * classes).fill(1 / classes) };
}

/**
 * Refuses a batch whose steps cannot fit into memory on all workers, and warns of one whose steps may not.
 *
 * @param workers  their number, and that of vectors as long as the weights that they hold in common
 */
export function requireMemory(
  model: Model,
  { forward, precision, images, batch, setting }: LargestStep,
  workers: { readonly count: number; readonly vectors: number },
  warn: (line: string) => void,
): void {
  const { taken, step } = needOf(model, forward, images, precision);
  const shared = Float32Array.BYTES_PER_ELEMENT * workers.vectors * model.layout.size;
  requireAvailable({ taken: taken - shared, step }, { batch, setting, workers: workers.count }, warn);
}

/**
 * Warns above 0.8 of the available memory and fails above 1.25 of it.
 *
 * @throws Failure `backend`, which names a batch size to try
 */
export function requireAvailable(
  { taken, step }: Need,
  { batch, workers, setting }: Pick<LargestStep, 'batch' | 'setting'> & { readonly workers: number },
  warn: (line: string) => void,
  available = usableMemory().available,
): void {
  const needed = workers * step + (workers - 1) * taken; // this process has taken its own already
  if (needed < 0.8 * available) return;
  const fitting = Math.floor(((0.8 * available - (workers - 1) * taken) / workers / step) * batch);
  const across = workers > 1 ? ` across ${workers} workers` : '';
  const message = `a training step with batch ${batch} needs about ${inGib(needed)} more${across}, but only ${inGib(available)} is available`;
  const fewer = workers > 1 ? 'use fewer --workers' : 'use a machine with more memory';
  const remedy = fitting >= 1 ? `try --set ${setting}=${fitting}${workers > 1 ? `, or ${fewer}` : ''}` : fewer;
  if (needed > 1.25 * available) throw new Failure('backend', message, remedy);
  warn(`${message}; if it runs out, ${remedy}`);
}
