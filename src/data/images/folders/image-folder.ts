/**
 * Reads folders of image files in one folder per class, the layout of torchvision's `ImageFolder`. Classes are sorted by
 * code point, images by the code points of folder and name, as there.
 */
import { basename, join } from 'node:path';
import { Failure } from '#core/failure';
import { inSharedMemory } from '#core/shared-memory';
import { dataFailure } from '#data/data-failure';
import type { EncodedSet } from '#data/images/encoded-set';
import type { ImageFiles } from '#data/images/shared-images';
import { textList } from '#data/images/text-list';
import { encodedFiles } from './image-files.js';
import { layoutOf, type PartFolder } from './layout.js';
import { type FolderOfImages, imagesBelow, type PassedOver, type WalkRoot, walkRoot } from './walk.js';

export interface FolderOptions {
  /** True if links may lead out of the folder. */
  readonly followLinks: boolean;
  /** The class folders in another order, or other names for them, in their order. */
  readonly classNames?: readonly string[] | undefined;
}

/** Lists the images of a folder; a folder without classes, or a class with test images only, is a data failure. */
export function readImageFolder(root: string, { followLinks, classNames }: FolderOptions): EncodedSet {
  const walk = walkRoot(root, followLinks);
  const layout = layoutOf(walk);
  const found = imagesByClass(walk, layout.train);
  if (found.size < 2) {
    const { undecoded } = walk.passedOver;
    const remedy = undecoded > 0 ? `convert the ${undecoded} images that are not JPEG, PNG, WebP or GIF` : undefined;
    const message = `expected images in the folders of at least 2 classes; got ${found.size}`;
    throw dataFailure(join(root, layout.train.path), message, remedy);
  }
  const names = classFolders(root, [...found.keys()], classNames);
  const train = listedFiles(root, names, found);
  const test = layout.test && testPart(walk, layout.test, names);
  const notes = [
    ...layout.notes,
    ...emptyNotes(layout.train, found),
    ...(test?.notes ?? []),
    ...passedOverNotes(walk.passedOver),
  ];
  return {
    classNames: classNames ?? names,
    train: encodedFiles(train),
    test: test && encodedFiles(test.files),
    notes: notes.map((note) => `${root}: ${note}`),
  };
}

/** The names of the class folders in the order of the labels. */
function classFolders(root: string, found: readonly string[], given?: readonly string[]): readonly string[] {
  if (given === undefined) return found;
  const known = new Set(given);
  const named = found.filter((name) => known.has(name)).length;
  if (named === found.length) return given;
  if (named === 0 && given.length === found.length) return found;
  const message = `classNames: expected the names of its ${found.length} class folders, or as many others; got ${given.length}, ${named} of them those of folders`;
  throw new Failure('config', { file: root, message });
}

type ByClass = ReadonlyMap<string, readonly FolderOfImages[]>;

/** The images of each class that has any, in the order of the classes. */
function imagesByClass(walk: WalkRoot, { classes }: PartFolder): ByClass {
  const listed = classes.map((folder) => [basename(folder.path), imagesBelow(walk, folder)] as const);
  return new Map(listed.filter(([, folders]) => folders.length > 0));
}

/** Joins the images of the classes, in their order. */
function listedFiles(root: string, classNames: readonly string[], found: ByClass): ImageFiles {
  const folders: string[] = [];
  const names: string[] = [];
  const counts: { readonly folder: number; readonly label: number; readonly n: number }[] = [];
  for (const [label, name] of classNames.entries()) {
    for (const { path, images } of found.get(name) ?? []) {
      counts.push({ folder: folders.length, label, n: images.length });
      folders.push(path);
      for (const image of images) names.push(image);
    }
  }
  const [folderOf, labels] = [new Int32Array(names.length), new Int32Array(names.length)];
  let at = 0;
  for (const { folder, label, n } of counts) {
    folderOf.fill(folder, at, at + n);
    labels.fill(label, at, at + n);
    at += n;
  }
  return {
    root,
    folders,
    names: textList(names),
    folderOf: inSharedMemory(folderOf),
    labels: inSharedMemory(labels),
  };
}

interface TestPart {
  readonly files: ImageFiles;
  readonly notes: readonly string[];
}

function testPart(walk: WalkRoot, part: PartFolder, classNames: readonly string[]): TestPart {
  const found = imagesByClass(walk, part);
  const known = new Set(classNames);
  const unknown = [...found.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) {
    const message = `expected the classes of the train part; got ${unknown}, of which there are no train images`;
    throw dataFailure(join(walk.root, part.path), message, 'rename or remove that folder');
  }
  const files = listedFiles(walk.root, classNames, found);
  if (files.labels.length === 0)
    throw dataFailure(join(walk.root, part.path), 'expected images in class folders; got none');
  const missing = classNames.filter((name) => !found.has(name));
  return { files, notes: missing.map((name) => `the folder ${part.path} has no image of the class ${name}`) };
}

function emptyNotes({ path, classes }: PartFolder, found: ByClass): string[] {
  const names = classes.map((folder) => basename(folder.path)).filter((name) => !found.has(name));
  return names.map((name) => `the folder ${join(path, name)} has no images and is no class`);
}

function passedOverNotes({ hidden, undecoded, others, circles }: PassedOver): string[] {
  const counted = [
    [undecoded, 'not JPEG, PNG, WebP or GIF'],
    [others, 'no images by their names'],
    [hidden, 'hidden'],
    [circles, 'links that lead round in a circle'],
  ] as const;
  const parts = counted.filter(([n]) => n > 0).map(([n, what]) => `${n} (${what})`);
  return parts.length === 0 ? [] : [`files not used: ${parts.join(', ')}`];
}
