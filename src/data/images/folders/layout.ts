/** Finds out how a folder divides into parts: `train` next to `test` or `val`, or class folders alone. */
import { join } from 'node:path';
import { dataFailure } from '#data/data-failure';
import { type Entries, entriesIn, imagesBelow, rootOf, type Visited, type WalkRoot } from './walk.js';

/** A part's folder, with a folder for each class. */
export interface PartFolder {
  /** Path relative to the root; empty if the class folders are right in the root. */
  readonly path: string;
  readonly classes: readonly Visited[];
}

export interface Layout {
  readonly train: PartFolder;
  /** Undefined if the train part is to be divided. */
  readonly test?: PartFolder;
  readonly notes: readonly string[];
}

const trainName = 'train';
const testNames = ['test', 'val', 'validation', 'valid']; // in the order of preference

/** Reads the upper two levels of folders; no folder with images in it is a data failure. */
export function layoutOf(walk: WalkRoot): Layout {
  const top = entriesIn(walk, rootOf(walk));
  const trainFolder = partNamed(top, trainName);
  const trainEntries = trainFolder && entriesIn(walk, trainFolder);
  if (trainFolder === undefined || trainEntries === undefined || trainEntries.folders.length === 0) {
    requireClasses(walk.root, top);
    return { train: { path: '', classes: top.folders }, notes: strayNotes('', top) };
  }
  const parts = testNames.flatMap((name) => partNamed(top, name) ?? []);
  requirePartsAlone(walk, top, [trainFolder, ...parts]);
  const tests = parts.map((part) => ({ part, entries: entriesIn(walk, part) }));
  const [test, ...others] = tests.filter(({ entries }) => entries.folders.length > 0);
  const unlabelled = tests.filter(({ entries }) => entries.folders.length === 0);
  const notes = [
    ...strayNotes('', top),
    ...strayNotes(trainFolder.path, trainEntries),
    ...unlabelled.map(({ part }) => `the folder ${part.path} is not used: it has no class folders`),
    ...others.map(({ part }) => `the folder ${part.path} is not used: ${test?.part.path} is the test part`),
    ...(test === undefined ? [] : strayNotes(test.part.path, test.entries)),
  ];
  const train = { path: trainFolder.path, classes: trainEntries.folders };
  if (test === undefined) return { train, notes };
  return { train, test: { path: test.part.path, classes: test.entries.folders }, notes };
}

/** The folder of that name, in any case. */
function partNamed({ folders }: Entries, name: string): Visited | undefined {
  return folders.find(({ path }) => path === name) ?? folders.find(({ path }) => path.toLowerCase() === name);
}

/** Refuses other folders with images next to the parts: one of them is then perhaps a class of the name `train`. */
function requirePartsAlone(walk: WalkRoot, { folders }: Entries, parts: readonly Visited[]): void {
  const other = folders.find((folder) => !parts.includes(folder) && imagesBelow(walk, folder).length > 0);
  if (other === undefined) return;
  const message = `expected the folders train and test or val, or one per class; got ${other.path} next to train`;
  throw dataFailure(walk.root, message, 'move the folders that are no parts elsewhere');
}

function requireClasses(folder: string, { images, folders }: Entries): void {
  if (folders.length > 0) return;
  const got = images.length === 0 ? 'no folder' : `${images.length} images without one`;
  const remedy = 'put each image into the folder of its class, or list path and label in a CSV file';
  throw dataFailure(folder, `expected one folder of images per class; got ${got}`, remedy);
}

function strayNotes(path: string, { images: [first, ...more] }: Entries): string[] {
  if (first === undefined) return [];
  const where = path === '' ? '' : ` of ${path}`;
  return [`${more.length + 1} images outside the class folders${where} are not used, such as ${join(path, first)}`];
}
