/** Previews a dataset recipe: some train images next to the copies that a build would make of them. */
import { permutation, type Random, randomStream } from '#core/random';
import { applied, type Drawn, drawn } from '#data/images/augment/augment';
import type { Operation } from '#data/images/augment/operation';
import { plainView } from '#data/images/fit';
import { formOf, type Image, type ImageSet, labelsOf } from '#data/images/image-source';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import { type ClassShare, mostProbable, targetShares } from '#data/sets/class-shares';
import type { BuildRecipe } from './build-recipe.js';
import { splitSources } from './build-split.js';
import { checkProbabilities, type Teacher } from './build-teacher.js';
import { rowStream } from './draw-rows.js';

export interface PreviewRequest {
  readonly source: ImageSet;
  readonly recipe: BuildRecipe;
  readonly teacher?: Teacher | undefined;
  /** Number of images, of different classes while there are more. */
  readonly images: number;
  /** Augmented copies of each. */
  readonly copies: number;
}

/** An image of the preview: its pixels, its classes, and those that the teacher finds most probable. */
export interface PreviewCell {
  readonly image: Image;
  readonly classes: readonly ClassShare[];
  readonly probable?: readonly ClassShare[] | undefined;
  /** What was done to the image, apart from its crop. */
  readonly notes: readonly string[];
}

/** The original, as evaluation sees it, and its copies. */
export interface PreviewRow {
  /** Index of the image in the source's train part. */
  readonly source: number;
  readonly cells: readonly PreviewCell[];
}

/** Draws the rows of a preview; the copies of an image are the first ones of the built set, before they are encoded. */
export async function preview({ source, recipe, teacher, images, copies }: PreviewRequest): Promise<PreviewRow[]> {
  const { train: part, fit, classNames } = source;
  const { train } = splitSources(labelsOf(part), classNames.length, recipe.validation, recipe.seed);
  const load = async (i: number) => ({ image: await part.load(i), label: part.label(i) });
  const another = (random: Random) => load(train[random.below(train.length)] as number);
  const rows: PreviewRow[] = [];
  for (const index of chosen(source, recipe, train, images)) {
    const one = await load(index);
    const classes = [{ name: classNames[one.label] as string, share: 1 }];
    const original = { image: await plainView(one.image, fit), classes };
    const cells: PreviewCell[] = [{ ...original, notes: [] }];
    for (let replica = 0; replica < copies; replica++) {
      const draw = await drawn(one, recipe.augment, rowStream(recipe.seed, index, replica), { another, fit });
      const { image, label, mixedLabel, mixedShare } = await applied(draw, fit);
      const classes = targetShares({ label, mixedLabel, mixedShare }, classNames);
      cells.push({ image, classes, notes: drawNotes(draw) });
    }
    rows.push({ source: index, cells: teacher === undefined ? cells : await judged(cells, teacher, source) });
  }
  return rows;
}

/** The train images to show: random ones, a class again only once all have been shown. */
function chosen(source: ImageSet, { seed }: BuildRecipe, train: Int32Array, count: number): number[] {
  const order = permutation(train.length, randomStream(`${seed}/data/preview`));
  const left = Array.from(order, (i) => train[i] as number);
  const found: number[] = [];
  while (found.length < count && left.length > 0) {
    const seen = new Set<number>();
    for (const index of [...left]) {
      const label = source.train.label(index);
      if (seen.has(label) || found.length === count) continue;
      seen.add(label);
      found.push(index);
      left.splice(left.indexOf(index), 1);
    }
  }
  return found;
}

/** The cells with the classes that the teacher finds most probable for exactly their pixels. */
async function judged(cells: readonly PreviewCell[], teacher: Teacher, source: ImageSet): Promise<PreviewCell[]> {
  const { shape, classes } = formOf(source);
  const size = imageBytes(shape);
  const pixels = new Uint8Array(cells.length * size);
  for (const [i, { image }] of cells.entries()) stackedImages(pixels, size, i).set(image.pixels);
  const probabilities = await teacher.predict(pixels, cells.length);
  checkProbabilities(probabilities, cells.length, classes, teacher.name);
  return cells.map((cell, i) => {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    return { ...cell, probable: mostProbable(row as Float32Array, source.classNames) };
  });
}

/** A drawn augmentation in words, apart from its crop. */
function drawNotes({ own, mixed, erased }: Drawn): string[] {
  const { shift, flip, operations } = own;
  return [
    ...(shift === undefined ? [] : [`shift ${shift.right}, ${shift.down}`]),
    ...(flip ? ['flip'] : []),
    ...operations.map(operationText),
    ...(mixed === undefined ? [] : [mixed.mix.kind]),
    ...(erased === undefined ? [] : ['erase']),
  ];
}

function operationText(operation: Operation): string {
  const short = (value: number) => String(Number(value.toFixed(2)));
  switch (operation.kind) {
    case 'rotate':
      return `rotate ${short(operation.degrees)}`;
    case 'solarize':
      return `solarize ${short(operation.threshold)}`;
    case 'posterize':
      return `posterize ${operation.bits}`;
    case 'color':
    case 'contrast':
    case 'brightness':
    case 'sharpness':
    case 'shearX':
    case 'shearY':
      return `${operation.kind} ${short(operation.factor)}`;
    case 'translateX':
    case 'translateY':
      return `${operation.kind} ${operation.pixels}`;
    default:
      return operation.kind;
  }
}
