/** Opens WebDataset shards: tar archives in which the members of a sample follow each other and share a key. */
import { join } from 'node:path';
import type { EncodedImages } from '#data/images/encoded-images';
import type { EncodedSet } from '#data/images/encoded-set';
import { type FileWindow, scanned } from '#data/images/formats/shards/file-window';
import { mostImageBytes } from '#data/images/formats/shards/image-bytes';
import { type DistinctLabels, type SamplePlace, sampleFailure } from '#data/images/formats/shards/labels';
import { openShards, type ShardDescription } from '#data/images/formats/shards/open-shards';
import { readPiece } from '#data/images/formats/shards/read-piece';
import { indexedImages, positionOf, SampleList, type ShardFormat } from '#data/images/formats/shards/sample-index';
import type { ShardIndex, ShardSamples } from '#data/images/shared-images';
import { type LabelField, labelField, readLabel, usualLabelField, usualLabelFields } from './label-field.js';
import { type Sample, samplesOf } from './sample-groups.js';
import { type TarMember, tarMembers } from './tar-members.js';

export interface WebDatasetDescription extends ShardDescription {
  /** The field with the image, such as `jpg`; by default the only one that ends like an image. */
  readonly image?: string | undefined;
  /** The field with the label, such as `cls`, or `json.KEY`; by default cls, json or txt. */
  readonly label?: string | undefined;
}

/** True if the names are those of tar shards. */
export function looksLikeWebDataset(names: readonly string[]): boolean {
  return names.some(isTar);
}

function isTar(name: string): boolean {
  return /\.tar(\.gz)?$|\.tgz$/i.test(name); // packed ones are refused with a remedy
}

/** Opens the shards of a folder, or one shard, as train and test part. */
export function openWebDataset(description: WebDatasetDescription): Promise<EncodedSet> {
  const notes: string[] = [];
  const format: ShardFormat = {
    shards: 'tar shards',
    scan: async (root, shard, labels) => {
      const scan = (window: FileWindow) => scannedShard(window, shard, description, labels, notes);
      return (await scanned(join(root, shard), scan)).samples(shard);
    },
    images: webDatasetImages,
  };
  return openShards(description, format, isTar, { notes, classNames: undefined });
}

/** The images of indexed samples. */
export function webDatasetImages(index: ShardIndex): EncodedImages {
  const read = (file: string, { offsets, lengths }: ShardSamples, at: number) =>
    readPiece(file, offsets[at] as number, lengths[at] as number);
  return indexedImages(index, 'sample', read, { kind: 'webdataset', index });
}

async function scannedShard(
  window: FileWindow,
  shard: string,
  { image, label }: WebDatasetDescription,
  labels: DistinctLabels,
  notes: string[],
): Promise<SampleList> {
  const found = new SampleList();
  let isJoined = false;
  let field = label === undefined ? undefined : labelField(label);
  const members = tarMembers(window, () => {
    isJoined = true;
  });
  for await (const sample of samplesOf(members)) {
    const place = () => ({ file: window.file, position: positionOf('sample', found.length, sample.key) });
    const { name, offset, size } = imageOf(sample, image, place);
    field ??= usualLabelField(sample.fields);
    const value = readLabel(window, labelOf(sample, field, place), field as LabelField, place);
    found.push({ offset, length: size, label: labels.positionOf(value, place), name });
  }
  if (isJoined) notes.push(`${shard} consists of several archives; all are read, where other programs read the first`);
  return found;
}

/** The image among a sample's members: the one that the user named, or the only one that ends like an image. */
function imageOf({ fields, repeated }: Sample, named: string | undefined, place: () => SamplePlace): TarMember {
  if (repeated !== undefined) throw sampleFailure(place(), `expected one member ${repeated}; got several`);
  const images = [...fields.keys()].filter((field) => /(^|\.)(jpe?g|png|webp|bmp|gif|tiff?)$/.test(field));
  const chosen = named === undefined ? images : [named.toLowerCase()];
  const [first = '', ...others] = chosen;
  const member = fields.get(first);
  const got = member === undefined ? [...fields.keys()].join(', ') : chosen.join(', ');
  if (member === undefined || others.length > 0) {
    const message = `expected ${named === undefined ? 'one image' : `a member ${named}`}; got ${got}`;
    throw sampleFailure(place(), message, 'name the field of the image: image: FIELD');
  }
  if (member.size > 0 && member.size <= mostImageBytes) return member;
  throw sampleFailure(place(), `expected an image of 1 to ${mostImageBytes} bytes; got ${member.size}`);
}

function labelOf({ fields }: Sample, field: LabelField | undefined, place: () => SamplePlace): TarMember {
  const member = field && fields.get(field.field);
  if (member !== undefined) return member;
  const message = `expected a label in ${field?.field ?? usualLabelFields}; got ${[...fields.keys()].join(', ')}`;
  throw sampleFailure(place(), message, 'name the field of the label: label: FIELD');
}
