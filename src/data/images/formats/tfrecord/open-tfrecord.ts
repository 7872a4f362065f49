/** Opens TFRecord files of `tf.train.Example`, such as ImageNet's and those of TensorFlow Datasets. */
import { join } from 'node:path';
import { Failure } from '#core/failure';
import { shownError } from '#core/shown';
import type { EncodedImages } from '#data/images/encoded-images';
import type { EncodedSet } from '#data/images/encoded-set';
import { type FileWindow, scanned } from '#data/images/formats/shards/file-window';
import { mostImageBytes } from '#data/images/formats/shards/image-bytes';
import { type DistinctLabels, type SamplePlace, sampleFailure } from '#data/images/formats/shards/labels';
import { openShards, type ShardDescription } from '#data/images/formats/shards/open-shards';
import { readPiece } from '#data/images/formats/shards/read-piece';
import { indexedImages, positionOf, SampleList, type ShardFormat } from '#data/images/formats/shards/sample-index';
import type { ShardIndex, ShardSamples } from '#data/images/shared-images';
import { type Bytes, byteStringsOf, featuresOf, integersOf, type Span } from './example.js';
import { checkedData, checkedLength, type RecordPlace, recordsIn } from './records.js';

export interface TfRecordDescription extends ShardDescription {
  /** The key of the image; by default `image/encoded`, else `image`. */
  readonly image?: string | undefined;
  /** The key of the label; by default `image/class/label`, else `label`, else `image/class/text`. */
  readonly label?: string | undefined;
}

const imageKeys = ['image/encoded', 'image'] as const;
const labelKeys = ['image/class/label', 'label', 'image/class/text'] as const;
const nameKey = 'image/class/text';

/** True if the names are those of TFRecord files. */
export function looksLikeTfRecord(names: readonly string[]): boolean {
  return names.some(isTfRecord);
}

/** Whether a name ends like a TFRecord file's: `.tfrecord`, or ImageNet's `train-00000-of-01024` without an ending. */
function isTfRecord(name: string): boolean {
  return /\.(tfrecords?|tfrec)(-\d+-of-\d+)?(\.gz)?$/i.test(name) || /(^|\/)[^/.]*-\d{5}-of-\d{5}$/.test(name);
}

/** Opens the files of a folder, or one file, as train and test part. */
export function openTfRecord(description: TfRecordDescription): Promise<EncodedSet> {
  const format: ShardFormat = {
    shards: 'TFRecord files',
    scan: async (root, shard, labels) => {
      const scan = (window: FileWindow) => scannedFile(window, description, labels);
      return (await scanned(join(root, shard), scan)).samples(shard);
    },
    images: (index) => tfRecordImages(index, description.image),
  };
  return openShards(description, format, isTfRecord, { notes: [], classNames: undefined });
}

/**
 * The images of indexed records.
 *
 * @param image  the key of the image, if the user named it
 */
export function tfRecordImages(index: ShardIndex, image: string | undefined): EncodedImages {
  const read = async (file: string, { offsets, lengths }: ShardSamples, at: number) => {
    const [offset, length] = [offsets[at] as number, lengths[at] as number];
    const place = { file, position: `${positionOf('record', at)}, byte ${offset}` };
    const data = checkedData(await readPiece(file, offset, checkedLength(length)));
    if (data === undefined) throw sampleFailure(place, 'expected data with its checksum; got others: it is damaged');
    return decoded(place, () => imageOf(data, image, place));
  };
  return indexedImages(index, 'record', read, { kind: 'tfrecord', index, image });
}

async function scannedFile(
  window: FileWindow,
  description: TfRecordDescription,
  labels: DistinctLabels,
): Promise<SampleList> {
  const found = new SampleList();
  for await (const record of recordsIn(window)) {
    const position = `${positionOf('record', found.length)}, byte ${record.offset}`;
    const place = { file: window.file, position };
    const label = decoded(place, () => labelOf(window, record, description, place, labels));
    found.push({ ...record, label, name: '' });
  }
  return found;
}

/** Runs a decoder, whose errors are data failures of the record. */
function decoded<T>(place: SamplePlace, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw sampleFailure(place, `expected a tf.train.Example; got: ${shownError(error)}`);
  }
}

/** Reads the label without the image; the position of the label among the distinct ones. */
function labelOf(
  window: FileWindow,
  { offset, length }: RecordPlace,
  { image, label }: TfRecordDescription,
  place: SamplePlace,
  labels: DistinctLabels,
): number {
  const features = featuresOf(window, { start: offset, end: offset + length });
  featureOf(features, image, imageKeys, 'image', place);
  const { key, feature } = featureOf(features, label, labelKeys, 'label', place);
  const value = integersOf(window, feature) ?? textOf(window, feature, key, place);
  if (typeof value !== 'string' && value.length !== 1) throw notOne('label', key, value.length, place);
  const name = () => {
    const named = key === nameKey ? undefined : features.get(nameKey);
    return named && textOf(window, named, nameKey, place);
  };
  return labels.positionOf(typeof value === 'string' ? value : (value[0] as number), () => place, name);
}

const longestText = 1024; // bytes of a class name

function textOf(bytes: Bytes, feature: Span, key: string, place: SamplePlace): string {
  const [text, ...more] = byteStringsOf(bytes, feature) ?? [];
  if (text === undefined || more.length > 0)
    throw notOne('label', key, text === undefined ? 0 : more.length + 1, place);
  const length = text.end - text.start;
  if (length <= longestText) return Buffer.from(bytes.at(text.start, length)).toString();
  throw sampleFailure(place, `expected a class name of at most ${longestText} bytes in ${key}; got ${length}`);
}

/** The encoded image of a record in memory, a view of it. */
function imageOf(data: Buffer, image: string | undefined, place: SamplePlace): Uint8Array {
  const memory = { at: (offset: number, length: number) => data.subarray(offset, offset + length) };
  const features = featuresOf(memory, { start: 0, end: data.length });
  const { key, feature } = featureOf(features, image, imageKeys, 'image', place);
  const images = byteStringsOf(memory, feature) ?? [];
  const [span] = images;
  if (span === undefined || images.length > 1) throw notOne('image', key, images.length, place);
  const length = span.end - span.start;
  if (length > 0 && length <= mostImageBytes) return data.subarray(span.start, span.end);
  throw sampleFailure(place, `expected an image of 1 to ${mostImageBytes} bytes; got ${length}`);
}

function featureOf(
  features: ReadonlyMap<string, Span>,
  named: string | undefined,
  usual: readonly string[],
  what: 'image' | 'label',
  place: SamplePlace,
): { readonly key: string; readonly feature: Span } {
  const keys = named === undefined ? usual : [named];
  for (const key of keys) {
    const feature = features.get(key);
    if (feature !== undefined) return { key, feature };
  }
  const got = [...features.keys()].slice(0, 20).join(', ') || 'no keys';
  const message = `expected the ${what} under ${keys.join(' or ')}; got ${got}`;
  throw sampleFailure(place, message, `name the key of the ${what}: ${what}: KEY`);
}

function notOne(what: string, key: string, got: number, place: SamplePlace): Failure {
  return sampleFailure(place, `expected one ${what} in ${key}; got ${got}`);
}
