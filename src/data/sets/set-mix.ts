/** Several sets trained on together: each batch has rows of all of them in fixed proportions. */
import { apportioned } from '#core/apportioned';
import { Failure } from '#core/failure';
import { readAhead } from '#data/images/read-ahead';
import { type DistillationSet, openDistillationSet } from './distillation-set.js';
import { type Batch, type Batches, type BatchOptions, batches } from './loader.js';
import type { Manifest } from './manifest.js';

/** A set of a mix, and the weight of its rows. */
export interface SetPart {
  readonly folder: string;
  readonly weight: number;
}

/** Sets as training uses them; validation and test images are those of the first. */
export interface TrainingSet extends DistillationSet {
  readonly parts: readonly { readonly set: DistillationSet; readonly weight: number }[];
}

/** Plain data from which another process opens the same sets. */
export function partsOf({ parts }: TrainingSet): SetPart[] {
  return parts.map(({ set: { folder }, weight }) => ({ folder, weight }));
}

/**
 * Opens one set, or several whose rows are mixed. The manifest is the first set's, with the train rows of all.
 *
 * @throws Failure `config` if the sets differ in shape or classes, or if one trains on validation images of the first
 */
export function openParts(parts: readonly SetPart[]): TrainingSet {
  const opened = parts.map(({ folder, weight }) => ({ set: openDistillationSet(folder), weight }));
  const [first, ...others] = opened.map(({ set }) => set) as [DistillationSet, ...DistillationSet[]];
  for (const other of others) requireMixable(first, other);
  const { splits, name } = first.manifest;
  const train = opened.reduce((sum, { set }) => sum + set.manifest.splits.train, 0);
  const names = [name, ...others.map(({ manifest }) => manifest.name)].join('+');
  return { ...first, manifest: { ...first.manifest, name: names, splits: { ...splits, train } }, parts: opened };
}

/** The images and teachers of all sets as texts, for a run's identity. */
export function identityOf({ parts }: TrainingSet): { readonly images: string; readonly teacher: string } {
  const joined = (of: (manifest: Manifest) => string) => parts.map(({ set }) => of(set.manifest)).join('+');
  return { images: joined(({ source }) => source.sha256), teacher: joined(({ teacher }) => teacher.fingerprint) };
}

function requireMixable(first: DistillationSet, other: DistillationSet): void {
  const refuse = (message: string, remedy?: string): never => {
    throw new Failure('config', { file: other.folder, message }, remedy);
  };
  const [a, b] = [first.manifest, other.manifest];
  if (a.shape.join() !== b.shape.join() || a.classNames.join('\n') !== b.classNames.join('\n')) {
    const form = ({ shape, classes }: Manifest) => `${shape.join('x')} in ${classes} classes`;
    const message = `mix: expected images and class names like those of ${a.name}, ${form(a)}; got ${form(b)}`;
    refuse(message, 'build all sets of a mix from sources of the same classes, at the same size');
  }
  const split = ({ seed, splits }: Manifest) => `${seed}/${splits.held}`;
  const fromSame = a.source.sha256 === b.source.sha256 && split(a) === split(b);
  const sharesImages = [b.source.sha256, b.pool?.source.sha256].includes(a.source.sha256);
  if (sharesImages && !fromSame) {
    const message = `mix: its train images may be validation images of ${a.name}, since both come from the same source`;
    refuse(message, 'build both with the same seed and the same number of validation images');
  }
}

/** Shuffled batches of a set's train rows, or of those of a mix: see `mixedBatches`. */
export function trainBatches({ parts }: TrainingSet, options: BatchOptions): Batches {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return batches(only.set.split('train'), options);
  return mixedBatches(parts, options);
}

/**
 * Batches with rows of every set in proportion to the weights, the largest remainders rounded up: the same numbers in
 * every batch, the first set's rows first. Each set has a separate order, a function of (seed, place in the mix).
 */
function mixedBatches(parts: TrainingSet['parts'], { seed, batch, ...options }: BatchOptions): Batches {
  const weights = parts.map(({ weight }) => weight);
  const quotas = apportioned(batch, weights);
  const without = quotas.indexOf(0);
  if (without >= 0) {
    const { name } = (parts[without] as TrainingSet['parts'][number]).set.manifest;
    const message = `mix: expected batches with rows of every set; a batch of ${batch} has none of ${name}`;
    throw new Failure('config', message, 'use a larger batch, or larger weights for the small parts');
  }
  const sources = parts.map(({ set }, i) =>
    batches(set.split('train'), { ...options, seed: `${seed}/mix/${i}`, batch: quotas[i] as number }),
  );
  return { at: readAhead(async (step: number) => joined(await Promise.all(sources.map((source) => source.at(step))))) };
}

function joined(parts: readonly Batch[]): Batch {
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  const first = parts[0] as Batch;
  const perRow = (values: ArrayLike<number>) => (values.length * n) / first.n;
  const images = new Uint8Array(perRow(first.images));
  const soft = new Float32Array(perRow(first.soft));
  const labels = new Int32Array(n);
  const mixing = { labels: new Int32Array(n), shares: new Float32Array(n) };
  let at = 0;
  for (const part of parts) {
    images.set(part.images, perRow(first.images) * (at / n));
    soft.set(part.soft, perRow(first.soft) * (at / n));
    labels.set(part.labels, at);
    mixing.labels.set(part.mixing?.labels ?? part.labels, at);
    if (part.mixing !== undefined) mixing.shares.set(part.mixing.shares, at);
    at += part.n;
  }
  return { n, images, labels, soft, ...(parts.some((part) => part.mixing !== undefined) && { mixing }) };
}
