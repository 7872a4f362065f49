/** The index of the samples in shards: where each image lies, in typed arrays, so that millions take little memory. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { shownKey } from '#core/shown';
import type { EncodedImages } from '#data/images/encoded-images';
import type { ShardIndex, ShardSamples, SharedImages } from '#data/images/shared-images';
import { textAt } from '#data/images/text-list';
import { GrowingArray } from './growing-array.js';
import type { DistinctLabels } from './labels.js';

/** One sample as a scan finds it. */
export interface FoundSample {
  /** Byte of the image, or of the record that holds it. */
  readonly offset: number;
  /** Bytes of the image, or of its record. */
  readonly length: number;
  /** Position of the label among the distinct labels, as `DistinctLabels` counts them. */
  readonly label: number;
  /** Name of the image's file; empty if it has none. */
  readonly name: string;
}

/** Collects the samples of a shard in typed arrays, which take a tenth of the memory of objects. */
export class SampleList {
  readonly #labels = new GrowingArray((n) => new Int32Array(n));
  readonly #offsets = new GrowingArray((n) => new Float64Array(n));
  readonly #lengths = new GrowingArray((n) => new Uint32Array(n));
  readonly #nameEnds = new GrowingArray((n) => new Uint32Array(n));
  readonly #names = new GrowingArray((n) => new Uint8Array(n));

  /** Number of samples so far. */
  get length(): number {
    return this.#labels.length;
  }

  push({ offset, length, label, name }: FoundSample): void {
    this.#labels.push(label);
    this.#offsets.push(offset);
    this.#lengths.push(length);
    for (const byte of Buffer.from(name)) this.#names.push(byte);
    this.#nameEnds.push(this.#names.length);
  }

  samples(shard: string): ShardSamples {
    return {
      shard,
      labels: this.#labels.values(),
      offsets: this.#offsets.values(),
      lengths: this.#lengths.values(),
      names: {
        bytes: this.#names.values(),
        ends: new Uint32Array(0),
        ...(this.#names.length > 0 && { ends: this.#nameEnds.values() }),
      },
    };
  }
}

/** A format of shards. */
export interface ShardFormat<S extends ShardSamples = ShardSamples> {
  /** The shards, for messages: `tar shards`. */
  readonly shards: string;
  /** Finds the samples of a shard. */
  scan(root: string, shard: string, labels: DistinctLabels): Promise<S>;
  /** Opens the images of a part. */
  images(index: ShardIndex<S>): EncodedImages;
}

/** Reads the image of a sample. */
type ReadSample<S extends ShardSamples> = (file: string, samples: S, at: number) => Promise<Uint8Array>;

/**
 * The images of one part.
 *
 * @param sample  one sample, for messages: `sample`, `record` or `row`
 * @param shared  plain data with which another thread opens the same images
 */
export function indexedImages<S extends ShardSamples>(
  { root, shards, classOf }: ShardIndex<S>,
  sample: string,
  read: ReadSample<S>,
  shared: SharedImages,
): EncodedImages {
  const starts = startsOf(shards.map(({ labels }) => labels.length));
  const located = (i: number) => {
    const shard = lastAtMost(starts, i);
    const samples = shards[shard] as S;
    return { samples, file: join(root, samples.shard), at: i - (starts[shard] as number) };
  };
  return {
    n: starts.at(-1) as number,
    label: (i) => {
      const { samples, at } = located(i);
      return classOf[samples.labels[at] as number] as number;
    },
    bytes: (i) => {
      const { samples, file, at } = located(i);
      return read(file, samples, at);
    },
    place: (i) => {
      const { samples, file, at } = located(i);
      return `${file}: ${positionOf(sample, at, textAt(samples.names, at))}`;
    },
    fingerprint: async () => fingerprintOf(shards, classOf),
    shared,
  };
}

/** A sample's position in its shard, counted from 0, and its name: `sample 17 (cat.jpg)`. */
export function positionOf(sample: string, at: number, name = ''): string {
  return name === '' ? `${sample} ${at}` : `${sample} ${at} (${shownKey(name)})`;
}

/** Running sums, from 0 to the total. */
export function startsOf(counts: readonly number[]): number[] {
  const starts = [0];
  for (const count of counts) starts.push((starts.at(-1) as number) + count);
  return starts;
}

/** The last index whose value is at most `value`, in ascending values of which the first is. */
export function lastAtMost(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((values[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function fingerprintOf(shards: readonly ShardSamples[], classOf: Int32Array): string {
  const hash = createHash('sha256');
  for (const { shard, offsets, lengths, labels, names } of shards) {
    const classes = labels.map((label) => classOf[label] as number);
    hash.update(`${shard}\0${labels.length}\0`);
    for (const part of [classes, offsets, lengths, names.bytes, names.ends]) hash.update(part);
  }
  return hash.digest('hex');
}
