/** Inspects the images of a source: what a user, or the choice of a recipe, needs to know before they are used. */
import type { SourceReference } from '#data/images/source-schema';
import { factsOf, type PlacedImage } from './image-facts.js';
import type { InspectedImages, InspectedPart } from './inspected-images.js';
import { type ListedPart, listImages } from './list-images.js';
import { readAll } from './read-images.js';

export interface InspectOptions {
  /** Most images that are read and decoded; of a larger set an even sample. */
  readonly most?: number | undefined;
  /** Called after each image that was read. */
  readonly onRead?: ((read: number, of: number) => void) | undefined;
}

const mostRead = 20_000; // about a minute of decoding on two cores

/**
 * Inspects images; broken ones are counted. Files that are no images at all are a data failure.
 *
 * @param base  the folder that a relative folder starts from
 */
export async function inspectImages(
  reference: SourceReference,
  base = '.',
  { most = mostRead, onRead }: InspectOptions = {},
): Promise<InspectedImages> {
  const { train, test, classNames, notes, ...listed } = await listImages(reference, base);
  const stride = Math.max(1, Math.ceil((train.labels.length + test.labels.length) / most));
  const of = Math.ceil(train.labels.length / stride) + Math.ceil(test.labels.length / stride);
  let read = 0;
  const tell = () => onRead?.(++read, of);
  const images = [...(await readPart(train, stride, tell)), ...(await readPart(test, stride, tell))];
  const counts = { train: counted(train, classNames.length), test: counted(test, classNames.length) };
  const sample = stride === 1 ? [] : [`one image in ${stride} was read, so more duplicates or broken ones may exist`];
  return {
    ...listed,
    classNames,
    ...counts,
    imbalance: imbalanceOf(counts.train),
    ...factsOf(images),
    notes: [...notes, ...sample],
  };
}

/** Reads every `stride`th image of a part. */
async function readPart(part: ListedPart, stride: number, onRead: () => void): Promise<PlacedImage[]> {
  const { name, labels, place } = part;
  const indices = Array.from({ length: Math.ceil(labels.length / stride) }, (_, i) => i * stride);
  const found = await readAll(part.read, indices, onRead);
  return found.map((image, i) => {
    const index = indices[i] as number;
    return { ...image, part: name, label: labels[index] as number, place: place(index) };
  });
}

function counted({ labels }: ListedPart, classes: number): InspectedPart {
  const perClass = new Array<number>(classes).fill(0);
  for (const label of labels) perClass[label] = (perClass[label] as number) + 1;
  return { n: labels.length, perClass };
}

function imbalanceOf({ perClass }: InspectedPart): number {
  const counts = perClass.filter((count) => count > 0);
  return counts.length === 0 ? 1 : Math.max(...counts) / Math.min(...counts);
}
