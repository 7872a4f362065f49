/** Converts a package's JSON files, one of pixel values per class, to the four IDX files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#core/files/files';
import { formatIdx, idxFiles } from '#data/images/formats/idx';
import { stackedImages } from '#data/images/image-stack';

const side = 28;
const pixels = side * side;
const testEvery = 7; // 10,000 of 70,000, like the official split

/**
 * Converts `0.json` … `9.json` (`{ data }`, a list of images or all their numbers in a row) and returns the folder.
 * Empty entries are skipped and equal images kept once, so that none is in both parts; of each class every seventh goes
 * to test. Classes take turns.
 */
export function convertClasses(folder: string, scale: number, to: string): string {
  const classes = Array.from({ length: 10 }, (_, label) => readClass(join(folder, `${label}.json`), scale));
  const seen = new Set<string>();
  const train: Labelled[] = [];
  const test: Labelled[] = [];
  const longest = Math.max(...classes.map((images) => images.length));
  const taken = classes.map(() => 0);
  for (let turn = 0; turn < longest; turn++) {
    for (const [label, images] of classes.entries()) {
      const image = images[turn];
      const key = image === undefined ? '' : sha256(image);
      if (image === undefined || seen.has(key)) continue;
      seen.add(key);
      taken[label] = (taken[label] as number) + 1;
      ((taken[label] as number) % testEvery === 0 ? test : train).push({ image, label });
    }
  }
  mkdirSync(to, { recursive: true });
  writePart(to, idxFiles.trainImages, idxFiles.trainLabels, train);
  writePart(to, idxFiles.testImages, idxFiles.testLabels, test);
  return to;
}

interface Labelled {
  readonly image: Uint8Array;
  readonly label: number;
}

function readClass(file: string, scale: number): Uint8Array[] {
  const { data } = JSON.parse(readFileSync(file, 'utf8')) as { data: number[] | number[][] };
  const numbers = data.flat();
  return Array.from({ length: Math.floor(numbers.length / pixels) }, (_, i) =>
    Uint8Array.from(numbers.slice(i * pixels, (i + 1) * pixels), (number) => Math.round(number * scale)),
  );
}

function writePart(folder: string, imageName: string, labelName: string, rows: readonly Labelled[]): void {
  const images = new Uint8Array(rows.length * pixels);
  for (const [i, { image }] of rows.entries()) stackedImages(images, pixels, i).set(image);
  const labels = Uint8Array.from(rows, ({ label }) => label);
  writeFileSync(join(folder, imageName), formatIdx({ dims: [rows.length, side, side], values: images }));
  writeFileSync(join(folder, labelName), formatIdx({ dims: [rows.length], values: labels }));
}
