/** The contact sheet of a built distillation set: random train rows with their classes and soft labels. */
import { grouped } from '#core/grouped';
import { imageBytes, stackedImages } from '#data/images/image-stack';
import { mostProbable, targetShares } from '#data/sets/class-shares';
import { openDistillationSet } from '#data/sets/distillation-set';
import { type Batch, batches } from '#data/sets/loader';
import type { Manifest } from '#data/sets/manifest';
import type { ContactSheet, SheetCell } from './contact-sheet.js';

const columns = 6;
const mostRows = 4;

/** Draws rows of the train split; damaged shards are a data failure. */
export async function setSheet(folder: string): Promise<ContactSheet> {
  const { manifest, split } = openDistillationSet(folder);
  const train = split('train');
  const batch = Math.min(train.rows, columns * mostRows);
  const drawn = await batches(train, { seed: 'sheet', batch }).at(0);
  const cells = Array.from({ length: batch }, (_, i) => cellOf(drawn, i, manifest));
  const rows = Array.from({ length: Math.ceil(batch / columns) }, (_, r) =>
    cells.slice(r * columns, (r + 1) * columns),
  );
  const about = [`${grouped(train.rows)} train rows, ${batch} of them drawn`, `teacher: ${manifest.teacher.name}`];
  return { title: manifest.name, about, columns: [], rows };
}

/** Row i of a batch. */
function cellOf({ images, labels, mixing, soft }: Batch, i: number, { shape, classNames }: Manifest): SheetCell {
  const [height, width, channels] = shape;
  const pixels = stackedImages(images, imageBytes(shape), i);
  const label = labels[i] as number;
  const target = { label, mixedLabel: mixing?.labels[i] ?? label, mixedShare: mixing?.shares[i] ?? 0 };
  const probabilities = soft.subarray(i * classNames.length, (i + 1) * classNames.length);
  return {
    image: { height, width, channels, pixels },
    classes: targetShares(target, classNames),
    probable: mostProbable(probabilities, classNames),
  };
}
